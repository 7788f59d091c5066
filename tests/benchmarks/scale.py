"""A thousand and ten thousand connections: lag of the measuring loop, CPU and memory a connection, and how it ends."""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.processes import Server, bare_pings, server
from tests.benchmarks.row import Row, bounded, paired, percentile
from wsmonitor.facts.events import LoopLag, State, StateChanged
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import EndpointConfig, PingConfig

AN_ENDPOINT = 1000
MANY = 10_000
ROUNDS = 3
CONNECT_LIMIT_S = 120.0
SPARE_DESCRIPTORS = 100


def run() -> Iterator[Row]:
    """The probe as the window sees it, in turn with a bare client; then a whole `watch`."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    yield from _rows(1000, interval_s=1.0, seconds=4.0)
    if most < MANY + SPARE_DESCRIPTORS:
        yield Row("loop lag with 10,000 connections, p99", None, "ms", goal=10, note=f"skipped: {most} descriptors")
        return
    yield from _rows(MANY, interval_s=10.0, seconds=10.0)
    with server() as here:
        ended_s = [_interrupted_s(here) for _ in range(ROUNDS)]
    yield bounded("Ctrl+C to the end of `watch -q` of 10,000 connections", ended_s, "s", goal=2)


def _rows(connections: int, *, interval_s: float, seconds: float) -> Iterator[Row]:
    with server() as here:
        lags_ns, cpu, memory = _ours(here.url(), connections, interval_s, seconds)
        bare = bare_pings(here.url(), connections, interval_s, seconds, ROUNDS)
    lags_ms = [percentile(lags, 0.99) / 1e6 for lags in lags_ns]
    note = f"the worst of each second; a bare client's loop: {percentile(bare.lags_ns, 0.99) / 1e6:.1f} ms"
    yield bounded(f"loop lag with {connections:,} connections, p99", lags_ms, "ms", goal=10, note=note)
    ours_cpu, bare_cpu = ([share * 100 for share in shares] for shares in (cpu, bare.cpu_shares))
    note = f"a ping every {interval_s:g} s on each"
    yield paired(f"CPU of {connections:,} connections", ours_cpu, bare_cpu, "%", goal=1.2, note=note)
    ours_kib, bare_kib = (size / connections / 1024 for size in (memory, bare.memory_bytes))
    yield Row(f"memory of one of {connections:,} connections", ours_kib, "KiB", reference=bare_kib, goal=1.3)


def _ours(url: str, connections: int, interval_s: float, seconds: float) -> tuple[list[list[int]], list[float], int]:
    """The loop's lags and the CPU share of each round; the memory that all connections take."""
    client = ProbeClient()
    client.start()
    try:
        while not client.take():
            client.wait(1.0)
        assert client.pid is not None
        before_bytes = _resident_bytes(client.pid)
        for config in _endpoints(url, connections, interval_s):
            client.command(channel.AddEndpoint(config=config))
            client.command(channel.ConnectEndpoint(endpoint=config.name))
        opened, limit_s = 0, time.monotonic() + CONNECT_LIMIT_S
        while opened < connections:
            assert time.monotonic() < limit_s, f"{opened} of {connections} connections opened"
            client.wait(0.1)
            opened += sum(isinstance(event, StateChanged) and event.new is State.OPEN for event in client.take())
        _take_for(client, 2.0)
        lags_ns, shares = [], []
        for _ in range(ROUNDS):
            cpu_s, began_s = _cpu_s(client.pid), time.monotonic()
            lags_ns.append(_take_for(client, seconds))
            shares.append((_cpu_s(client.pid) - cpu_s) / (time.monotonic() - began_s))
        return lags_ns, shares, _resident_bytes(client.pid) - before_bytes
    finally:
        client.close()


def _endpoints(url: str, connections: int, interval_s: float) -> list[EndpointConfig]:
    """As many as it takes: each has at most a thousand connections."""
    ping = PingConfig(interval_s=interval_s)
    return [
        EndpointConfig(name=f"many {number}", url=url, connections=AN_ENDPOINT, compression=False, ping=ping)
        for number in range(connections // AN_ENDPOINT)
    ]


def _interrupted_s(here: Server) -> float:
    """From the interrupt to the end of a `watch` whose connections are all open."""
    endpoint = (
        f"[[endpoint]]\nurl = {json.dumps(here.url())}\nconnections = {AN_ENDPOINT}\ncompression = false\n"
        'ping = {{ interval_s = 10 }}\nname = "many {number}"\n'
    )
    descriptors = Path(f"/proc/{here.process.pid}/fd")
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as workspace:
        workspace.write("".join(endpoint.format(number=number) for number in range(MANY // AN_ENDPOINT)))
        workspace.flush()
        command = [sys.executable, "-m", "wsmonitor", "watch", "-q", "--workspace", workspace.name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            limit_s = time.monotonic() + CONNECT_LIMIT_S
            while len(list(descriptors.iterdir())) < MANY:
                assert time.monotonic() < limit_s, "not all connections opened"
                time.sleep(0.1)
            time.sleep(2)
            began_s = time.monotonic()
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate()
            ended_s = time.monotonic() - began_s
    assert said.count("many ") == MANY // AN_ENDPOINT, said
    return ended_s


def _take_for(client: ProbeClient, seconds: float) -> list[int]:
    """Take everything for so long; the loop's lags."""
    lags_ns = []
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        client.wait(0.033)
        lags_ns += [event.lag_ns for event in client.take() if isinstance(event, LoopLag)]
    return lags_ns


def _resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
