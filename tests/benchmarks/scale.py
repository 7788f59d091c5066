"""A thousand connections, a ping a second on each: lag of the measuring loop, CPU and memory a connection."""

import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.processes import bare_pings, server
from tests.benchmarks.row import Row, percentile
from wsmonitor.facts.events import LoopLag, State, StateChanged
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import EndpointConfig, PingConfig

CONNECTIONS = 1000
SECONDS = 8.0
CONNECT_LIMIT_S = 60.0


def run() -> Iterator[Row]:
    """The probe as the window sees it, in turn with a bare client."""
    with server() as here:
        lags_ns, cpu, memory = _ours(here.url())
        bare = bare_pings(here.url(), CONNECTIONS, 1.0, SECONDS)
    lag_ms, bare_lag_ms = (percentile(lags, 0.99) / 1e6 for lags in (lags_ns, bare.lags_ns))
    note = f"the worst of each second; a bare client's loop: {bare_lag_ms:.1f} ms"
    yield Row("loop lag with 1,000 connections, p99", lag_ms, "ms", goal=10, note=note)
    yield Row("CPU of 1,000 connections", cpu * 100, "%", reference=bare.cpu_share * 100, goal=1.5)
    per_connection = [size / CONNECTIONS / 1024 for size in (memory, bare.memory_bytes)]
    note = "resident; ours opens all at once and pays for that peak, the reference opens one after another"
    yield Row("memory of a connection", per_connection[0], "KiB", reference=per_connection[1], goal=1.5, note=note)


def _ours(url: str) -> tuple[list[int], float, int]:
    client = ProbeClient()
    client.start()
    try:
        while not client.take():
            client.wait(1.0)
        assert client.pid is not None
        before_bytes = _resident_bytes(client.pid)
        config = EndpointConfig(
            name="many", url=url, connections=CONNECTIONS, compression=False, ping=PingConfig(interval_s=1.0)
        )
        client.command(channel.AddEndpoint(config=config))
        client.command(channel.ConnectEndpoint(endpoint="many"))
        opened, limit_s = 0, time.monotonic() + CONNECT_LIMIT_S
        while opened < CONNECTIONS:
            assert time.monotonic() < limit_s, f"{opened} of {CONNECTIONS} connections opened"
            client.wait(0.1)
            opened += sum(isinstance(event, StateChanged) and event.new is State.OPEN for event in client.take())
        _take_for(client, 2.0)
        cpu_s, began_s = _cpu_s(client.pid), time.monotonic()
        lags_ns = _take_for(client, SECONDS)
        share = (_cpu_s(client.pid) - cpu_s) / (time.monotonic() - began_s)
        return lags_ns, share, _resident_bytes(client.pid) - before_bytes
    finally:
        client.close()


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
