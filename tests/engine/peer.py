"""A scripted TCP peer that is no WebSocket library: it reads and writes bytes and says how it ends.

A script is an async function that plays one connection. Frames are built here from RFC 6455 alone, so
that the engine is not judged by its own library.
"""

import asyncio
import base64
import contextlib
import hashlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONT = 0
READ_LIMIT_S = 5.0

T = TypeVar("T")


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bytes | None = None) -> bytes:
    """A frame as bytes (RFC 6455, 5.2); unmasked unless a masking key is given."""
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if mask else 0
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 65536:
        head += bytes([bit | 126]) + struct.pack("!H", len(payload))
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", len(payload))
    if mask is None:
        return head + payload
    return head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


def text(message: str) -> bytes:
    """A whole text message."""
    return frame(TEXT, message.encode())


def close(code: int | None, reason: str = "") -> bytes:
    """A Close frame; without a code it is empty."""
    return frame(CLOSE, b"" if code is None else struct.pack("!H", code) + reason.encode())


@dataclass(frozen=True)
class Received:
    """A frame that the client sent, unmasked."""

    opcode: int
    payload: bytes
    fin: bool = True

    @property
    def code(self) -> int | None:
        """The code of a Close frame."""
        return struct.unpack_from("!H", self.payload)[0] if len(self.payload) >= 2 else None


class Wire:
    """The peer's end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.request_line = ""
        self.headers: dict[str, str] = {}

    @property
    def local(self) -> str:
        """`host:port` of our end."""
        host, port = self._writer.get_extra_info("sockname")[:2]
        return f"{host}:{port}"

    # The opening

    async def request(self) -> None:
        """Read the upgrade request."""
        head = await self._within(self._reader.readuntil(b"\r\n\r\n"))
        self.request_line, *lines = head.decode().strip().split("\r\n")
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def answer(self, *, accept: str | None = None, extra: Sequence[str] = ()) -> bytes:
        """The bytes of a 101 that fits the request."""
        right = base64.b64encode(
            hashlib.sha1((self.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        ).decode()
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        return "\r\n".join([*lines, f"Sec-WebSocket-Accept: {accept or right}", *extra, "", ""]).encode()

    async def upgrade(self, *frames: bytes, extra: Sequence[str] = ()) -> None:
        """Read the request, accept it and, in the same segment, send `frames`."""
        await self.request()
        self.write(self.answer(extra=extra) + b"".join(frames))

    # Bytes

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)

    async def drip(self, data: bytes, *, pieces: int) -> None:
        """Send bytes piece by piece, one with every ping of the client, which stays unanswered."""
        size = -(-len(data) // pieces)
        for start in range(0, len(data), size):
            self.write(data[start : start + size])
            await self.read_until(PING)

    async def read(self) -> Received:
        """The next frame of the client. Raises `IncompleteReadError` at the end of the stream."""
        first, second = await self._within(self._reader.readexactly(2))
        assert second & 0x80, "a client masks its frames (RFC 6455, 5.1)"
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", await self._within(self._reader.readexactly(2)))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self._within(self._reader.readexactly(8)))
        mask = await self._within(self._reader.readexactly(4))
        masked = await self._within(self._reader.readexactly(length))
        payload = (int.from_bytes(masked, "big") ^ int.from_bytes((mask * (length // 4 + 1))[:length], "big")).to_bytes(
            length, "big"
        )
        return Received(first & 0x0F, payload, bool(first & 0x80))

    async def read_until(self, opcode: int) -> Received:
        """The next frame of that opcode; frames before it are passed over."""
        while (received := await self.read()).opcode != opcode:
            pass
        return received

    async def read_bytes(self, count: int) -> bytes:
        """Exactly so many raw bytes."""
        return await self._within(self._reader.readexactly(count))

    async def read_some(self) -> bytes:
        """What comes next, as soon as anything does; nothing at the end of the stream."""
        return await self._reader.read(65536)

    async def gone(self) -> bytes:
        """Everything until the client ends its side, or resets."""
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            return await self._within(self._reader.read())
        return b""

    @staticmethod
    async def never() -> None:
        """Do nothing more until the test is over."""
        await asyncio.Event().wait()

    # The end

    def fin(self) -> None:
        """End our side of TCP; the other stays open."""
        if self._writer.can_write_eof():
            self._writer.write_eof()
        else:
            self._socket.shutdown(socket.SHUT_WR)

    def end(self) -> None:
        """Close TCP after what was written has left."""
        self._writer.close()

    def reset(self) -> None:
        """RST, now."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def stop_reading(self) -> None:
        """Let the client's bytes pile up in the kernels."""
        assert isinstance(self._writer.transport, asyncio.ReadTransport)
        self._writer.transport.pause_reading()

    async def drained(self) -> None:
        """Wait until our buffer has room."""
        await self._within(self._writer.drain())

    def give_up(self) -> None:
        """At the end of the test: leave nothing open."""
        self._writer.transport.abort()

    @property
    def _socket(self) -> socket.socket:
        sock: socket.socket = self._writer.get_extra_info("socket")
        return sock

    @staticmethod
    async def _within(awaited: Awaitable[T]) -> T:
        return await asyncio.wait_for(awaited, READ_LIMIT_S)


Script = Callable[[Wire], Awaitable[None]]
_ACCEPTING_STEPS = 6
"""Turns of the loop between accepting a connection and its script. One that was accepted when the server closes is
lost: asyncio's transport fails in its constructor and nobody closes the socket (CPython 3.11, `Server._attach`)."""


@dataclass
class Peer:
    """A peer that listens; `wires` are its connections so far, `errors` what scripts raised."""

    port: int
    secure: bool = False
    wires: list[Wire] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def played(self, count: int) -> None:
        """Wait until the scripts of the first `count` connections have ended."""
        await asyncio.wait_for(asyncio.wait(self.tasks[:count]), READ_LIMIT_S)

    @property
    def url(self) -> str:
        return f"{'wss' if self.secure else 'ws'}://127.0.0.1:{self.port}/"


@contextlib.asynccontextmanager
async def peer(*scripts: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    """A listening peer: the first script plays the first connection, the last one all that follow.

    What a script asserts fails the test; that the client is gone does not.
    """

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        listening.tasks.append(task)
        wire = Wire(reader, writer)
        listening.wires.append(wire)
        script = scripts[min(len(listening.wires), len(scripts)) - 1]
        try:
            await script(wire)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, or the test is over
        except BaseException as error:
            listening.errors.append(error)

    server = await asyncio.start_server(play, "127.0.0.1", 0, ssl=tls)
    listening = Peer(server.sockets[0].getsockname()[1], secure=tls is not None)
    try:
        yield listening
    finally:
        for _ in range(_ACCEPTING_STEPS):
            await asyncio.sleep(0)
        server.close()
        for task in listening.tasks:
            task.cancel()
        await asyncio.gather(*listening.tasks, return_exceptions=True)
        for wire in listening.wires:
            wire.give_up()
        await asyncio.sleep(0)
    if listening.errors:
        raise listening.errors[0]


async def polite(wire: Wire) -> None:
    """Answer pings; close when asked to."""
    await wire.upgrade()
    while (received := await wire.read()).opcode != CLOSE:
        if received.opcode == PING:
            wire.write(frame(PONG, received.payload))
    wire.write(close(1000))
    wire.end()
