"""A tap on a server of raw bytes, with clients of raw bytes, and waits for named facts."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from wsmonitor.engine.monitor import Monitor
from wsmonitor.facts.event import Event
from wsmonitor.facts.events import AnyEvent, ConnectionClosed
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig
from wsmonitor.tap.pair import Pair
from wsmonitor.tap.tap import Tap

E = TypeVar("E", bound=Event)
LIMIT_S = 5.0
NAME = "tap"
REQUEST = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
DEFLATED = ANSWER[:-2] + b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"


class Raw:
    """One end of a TCP connection, with every way to end it."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self.sock = sock
        self._loop = asyncio.get_running_loop()

    async def send(self, data: bytes) -> None:
        await asyncio.wait_for(self._loop.sock_sendall(self.sock, data), LIMIT_S)

    async def read(self, count: int) -> bytes:
        """Exactly so many bytes, fewer only where the other side ended."""
        data = b""
        while len(data) < count and (more := await self._recv(count - len(data))):
            data += more
        return data

    async def read_head(self) -> bytes:
        """Up to the empty line and no further."""
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            more = await self._recv(1)
            assert more, f"ended within a head: {data!r}"
            data += more
        return data

    async def read_to_end(self) -> tuple[bytes, str]:
        """Everything, and how it ended: `fin` or `rst`."""
        data = b""
        try:
            while more := await self._recv(1 << 16):
                data += more
        except ConnectionResetError:
            return data, "rst"
        return data, "fin"

    def half_close(self) -> None:
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self) -> None:
        self.sock.close()

    async def _recv(self, count: int) -> bytes:
        return await asyncio.wait_for(self._loop.sock_recv(self.sock, count), LIMIT_S)


Script = Callable[[Raw], Awaitable[None]]


class Play:
    """A running tap, what it stated, and its server's connections."""

    def __init__(self, monitor: Monitor, events: list[AnyEvent], more: asyncio.Event, server: socket.socket) -> None:
        self.monitor = monitor
        self.events = events
        self._more = more
        self.server = server
        self._open: list[Raw] = []

    @property
    def port(self) -> int:
        listening = next(event for event in self.events if isinstance(event, TapListening))
        return int(listening.addresses[0].rpartition(":")[2])

    @property
    def pair(self) -> Pair:
        """The only client's."""
        tap = self.monitor._endpoints[NAME]
        assert isinstance(tap, Tap)
        return tap.pairs[0]

    async def connect(self) -> Raw:
        """A client's TCP connection to the tap."""
        sock = socket.socket()
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        return self._kept(sock)

    async def accept(self) -> Raw:
        """The next connection that comes to the server."""
        sock, _ = await asyncio.wait_for(asyncio.get_running_loop().sock_accept(self.server), LIMIT_S)
        return self._kept(sock)

    async def opened(self, answer: bytes = ANSWER) -> tuple[Raw, Raw]:
        """A client and the server's end of it, past the handshake."""
        client = await self.connect()
        await client.send(REQUEST)
        server = await self.accept()
        await server.read_head()
        await server.send(answer)
        assert await client.read_head() == answer
        return client, server

    async def wait(self, kind: type[E], where: Callable[[E], bool] = lambda _: True) -> E:
        """The first such fact, past or to come."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                for event in self.events:
                    if isinstance(event, kind) and where(event):
                        return event
                self._more.clear()
                await self._more.wait()

    async def closure(self) -> ConnectionClosed:
        return await self.wait(ConnectionClosed)

    async def more(self) -> None:
        """Until there is another fact."""
        self._more.clear()
        await self._more.wait()

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def close(self) -> None:
        for raw in self._open:
            raw.close()
        self.server.close()

    def _kept(self, sock: socket.socket) -> Raw:
        raw = Raw(sock)
        self._open.append(raw)
        return raw


@asynccontextmanager
async def playing(path: str = "", tap: TapConfig | None = None, **settings: Any) -> AsyncIterator[Play]:
    """A tap on a server that does what the test says."""
    events: list[AnyEvent] = []
    more = asyncio.Event()

    def publish(event: AnyEvent) -> None:
        events.append(event)
        more.set()

    server = socket.create_server(("127.0.0.1", 0))
    server.setblocking(False)
    monitor = Monitor(publish, make_tap=Tap)
    url = settings.pop("url", f"ws://127.0.0.1:{server.getsockname()[1]}{path}")
    monitor.add(EndpointConfig(name=NAME, url=url, tap=tap or TapConfig(), **settings))
    play = Play(monitor, events, more, server)
    try:
        monitor.connect(NAME)
        yield play
    finally:
        await monitor.close()
        play.close()


@asynccontextmanager
async def connected(
    path: str = "", tap: TapConfig | None = None, *, answer: bytes = ANSWER, **settings: Any
) -> AsyncIterator[tuple[Play, Raw, Raw]]:
    """The same with a client and the server's end of it, past the handshake."""
    async with playing(path, tap, **settings) as play:
        yield play, *await play.opened(answer)
