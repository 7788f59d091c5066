"""What stands between a blocking client and an echo server on one loopback: nothing, a tap, socat, HAProxy, mitmproxy.

All are measured in one run, a few round trips of each in turn, so that whatever else the machine does meets all alike.
What is not installed is said, not guessed. `make bench` puts mitmproxy in an
environment of its own.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks.row import Row, bounded, middle, paired, percentile
from wsmonitor.facts.events import AnyEvent, ProbeStarted
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig

BLOCK = 200
"""Round trips of one way in a row; then a rest, in which what they left to do is done at nobody's cost."""
BLOCKS = 10
REST_S = 0.03
ROUNDS = 9
BULK_FRAMES = 4000
FRAME_BYTES = 16 * 1024
IDLE = 1000
IDLE_S = 5.0
MITMPROXY = Path("build/mitmproxy/bin/mitmdump")

_SERVER = """
import socket, threading
listening = socket.create_server(("127.0.0.1", 0), backlog=2000)
print(listening.getsockname()[1], flush=True)
ANSWER = (b"HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
          b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n")
def read(sock, count):
    data = b""
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data
def serve(sock):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = b""
    while b"\\r\\n\\r\\n" not in head:
        head += sock.recv(65536)
    sock.sendall(ANSWER)
    try:
        while True:
            first, second = read(sock, 2)
            length = second & 127
            if length == 126:
                length = int.from_bytes(read(sock, 2), "big")
            key = read(sock, 4)
            payload = read(sock, length)
            head = bytes([first, length]) if length < 126 else bytes([first, 126]) + length.to_bytes(2, "big")
            sock.sendall(head + payload)
    except (EOFError, OSError):
        sock.close()
while True:
    client, _ = listening.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
"""
_CLIENT = """
import json, socket, sys, time
REQUEST, SMALL = map(bytes.fromhex, sys.argv[1:3])
BLOCK, BLOCKS, REST_S = int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
ANSWER_BYTES = 18
def opened(port):
    sock = socket.create_connection(("127.0.0.1", port), timeout=30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(REQUEST)
    head = b""
    while not head.endswith(b"\\r\\n\\r\\n"):
        head += sock.recv(1)
    return sock
def trip(sock):
    began_ns = time.perf_counter_ns()
    sock.sendall(SMALL)
    left = ANSWER_BYTES
    while left:
        left -= len(sock.recv(left))
    return (time.perf_counter_ns() - began_ns) / 1000
for line in sys.stdin:
    socks = [opened(int(port)) for port in line.split()]
    measured = [[] for _ in socks]
    for _ in range(BLOCKS):
        for sock, kept in zip(socks, measured):
            for _ in range(10):
                trip(sock)
            kept += [trip(sock) for _ in range(BLOCK)]
            time.sleep(REST_S)
    for sock in socks:
        sock.close()
    print(json.dumps(measured), flush=True)
"""
_REQUEST = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_SMALL = bytes([0x82, 0x80 | 16, 0, 0, 0, 0]) + bytes(16)
_LARGE = bytes([0x82, 0x80 | 126]) + FRAME_BYTES.to_bytes(2, "big") + bytes(4) + bytes(FRAME_BYTES)
_LARGE_ANSWER = FRAME_BYTES + 4


def run() -> Iterator[Row]:
    """Round trips, throughput, and what a thousand idle clients cost."""
    with ExitStack() as stack:
        server = stack.enter_context(echo())
        tap = stack.enter_context(_tap(server))
        client = stack.enter_context(_client())
        ways = {"direct": server, "tap": tap.port}
        ways |= {name: stack.enter_context(make(server)) for name, make in _OTHERS.items() if _is_there(name)}
        slowest: dict[str, list[float]] = {name: [] for name in ways}
        medians: dict[str, list[float]] = {name: [] for name in ways}
        rates: dict[str, list[float]] = {"direct": [], "tap": []}
        for _ in range(ROUNDS):
            for name, measured in zip(ways, client.round_trips(ways.values()), strict=True):
                slowest[name].append(percentile(measured, 0.99))
                medians[name].append(middle(measured))
            tap.read()
            for name, of_it in rates.items():
                of_it.append(_rate(ways[name]))
                tap.read()
        added = _added(medians, "tap")
        yield bounded("a tap adds to a round trip, median", added, "us", goal=40.0)
        others_p99 = ", ".join(f"{name} {middle(_added(slowest, name)):,.0f} us" for name in _OTHERS if name in ways)
        yield bounded("a tap adds to a round trip, p99", _added(slowest, "tap"), "us", goal=200.0, note=others_p99)
        for name in _OTHERS:
            if name not in ways:
                yield Row(f"{name} adds to a round trip, median", None, "us", note="not installed")
                continue
            others = middle(_added(medians, name))
            is_rival = name == "mitmproxy"
            yield Row(
                f"{name} adds to a round trip, median",
                others,
                "us",
                reference=middle(added) if is_rival else None,
                goal=10.0 if is_rival else None,
                at_least=is_rival,
                note="the reference is the tap" if is_rival else "",
            )
        yield paired("16 KiB frames through a tap", rates["tap"], rates["direct"], "MB/s", goal=0.5, at_least=True)
        yield Row(f"processor of a tap with {IDLE} idle clients", tap.idle_percent(), "%", goal=5.0)


def _added(rounds: dict[str, list[float]], name: str) -> list[float]:
    """What this way took more than the direct one in each round."""
    return [one - direct for one, direct in zip(rounds[name], rounds["direct"], strict=True)]


class _Client:
    """A client in a process of its own: whoever reads what the tap tells is not in its way."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def round_trips(self, ports: Iterable[int]) -> list[list[float]]:
        """Microseconds of each, by way."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(*ports, file=self._process.stdin, flush=True)
        measured: list[list[float]] = json.loads(self._process.stdout.readline())
        return measured


@contextmanager
def _client() -> Iterator[_Client]:
    words = [sys.executable, "-c", _CLIENT, _REQUEST.hex(), _SMALL.hex(), *map(str, (BLOCK, BLOCKS, REST_S))]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield _Client(process)
        finally:
            process.kill()


def _rate(port: int) -> float:
    """Megabytes a second of payload echoed, a few frames under way at once."""
    with opened(port) as sock:
        window = 8
        began_s = time.perf_counter()
        for number in range(BULK_FRAMES):
            sock.sendall(_LARGE)
            if number >= window:
                _read(sock, _LARGE_ANSWER)
        _read(sock, window * _LARGE_ANSWER)
        return BULK_FRAMES * FRAME_BYTES / 1e6 / (time.perf_counter() - began_s)


@contextmanager
def opened(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(_REQUEST)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += sock.recv(1)
        yield sock


def _read(sock: socket.socket, count: int) -> None:
    while count:
        count -= len(sock.recv(min(count, 1 << 18)))


@contextmanager
def echo() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


class _Tap:
    """A tap in its probe, as the window and the command run it."""

    def __init__(self, client: ProbeClient, port: int) -> None:
        self.port = port
        self._client = client

    def read(self) -> None:
        """Take what it told, as whoever shows it does."""
        self._client.take()

    def idle_percent(self) -> float:
        """Of one processor, with a thousand clients that say nothing."""
        with ExitStack() as stack:
            for _ in range(IDLE):
                stack.enter_context(opened(self.port))
                self._client.take()
            time.sleep(1.0)
            self._client.take()
            before_s, began_s = self._cpu_s(), time.monotonic()
            while time.monotonic() - began_s < IDLE_S:
                time.sleep(0.1)
                self._client.take()
            return 100 * (self._cpu_s() - before_s) / (time.monotonic() - began_s)

    def _cpu_s(self) -> float:
        fields = Path(f"/proc/{self._client.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _tap(server: int) -> Iterator[_Tap]:
    client = ProbeClient()
    client.start()
    try:
        _until(client, ProbeStarted)
        settings = TapConfig(max_clients=2 * IDLE)
        config = EndpointConfig(name="tap", url=f"ws://127.0.0.1:{server}/", tap=settings)
        client.command(channel.AddEndpoint(config=config))
        client.command(channel.ConnectEndpoint(endpoint="tap"))
        listening = _until(client, TapListening)
        assert isinstance(listening, TapListening)
        yield _Tap(client, int(listening.addresses[0].rpartition(":")[2]))
    finally:
        client.close()


def _until(client: ProbeClient, kind: type[AnyEvent]) -> AnyEvent:
    deadline_s = time.monotonic() + 30
    while time.monotonic() < deadline_s:
        client.wait(0.1)
        for event in client.take():
            if isinstance(event, kind):
                return event
    raise RuntimeError(f"no {kind} within 30 s")


@contextmanager
def _running(words: list[str], port: int) -> Iterator[int]:
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.kill()


def _wait_for(port: int) -> None:
    deadline_s = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


@contextmanager
def _socat(server: int) -> Iterator[int]:
    port = _free_port()
    listening = f"TCP-LISTEN:{port},bind=127.0.0.1,fork,nodelay,reuseaddr"
    with _running(["socat", listening, f"TCP:127.0.0.1:{server},nodelay"], port) as there:
        yield there


@contextmanager
def _haproxy(server: int) -> Iterator[int]:
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "haproxy.cfg")
        file.write_text(
            "defaults\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n"
            f"listen bench\n bind 127.0.0.1:{port}\n server s 127.0.0.1:{server}\n"
        )
        with _running(["haproxy", "-db", "-f", str(file)], port) as there:
            yield there


@contextmanager
def _mitmproxy(server: int) -> Iterator[int]:
    port = _free_port()
    words = [str(MITMPROXY), "-q", "--mode", f"reverse:http://127.0.0.1:{server}", "--listen-host", "127.0.0.1"]
    with _running([*words, "--listen-port", str(port)], port) as there:
        yield there


_OTHERS: dict[str, Callable[[int], AbstractContextManager[int]]] = {
    "socat": _socat,
    "haproxy": _haproxy,
    "mitmproxy": _mitmproxy,
}


def _is_there(name: str) -> bool:
    return MITMPROXY.exists() if name == "mitmproxy" else shutil.which(name) is not None
