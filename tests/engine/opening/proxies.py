"""Proxies written from RFCs alone: HTTP CONNECT (RFC 9110, 9.3.6), SOCKS5 (RFC 1928) with passwords (RFC 1929)."""

import asyncio
import base64
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from tests.engine.peer import Wire, peer

USER, PASSWORD = "user", "pass word"


@dataclass
class Proxy:
    """Relays to whatever it is asked for, unless told otherwise; every host name leads to loopback."""

    scheme: str
    wants_password: bool = False
    refuses: bytes | int | None = None
    """An HTTP status line's end, or a SOCKS5 reply, in place of a tunnel."""
    vanishes: bool = False
    """It ends the connection instead of answering."""
    port: int = 0
    asked: list[tuple[str, int]] = field(default_factory=list)
    _wires: list[Wire] = field(default_factory=list)

    def url(self, credentials: str = "") -> str:
        """Where it listens."""
        return f"{self.scheme}://{credentials}127.0.0.1:{self.port}"

    def die(self) -> None:
        """Drop every tunnel with a RST."""
        for wire in self._wires:
            wire.reset()

    async def __call__(self, wire: Wire) -> None:
        self._wires.append(wire)
        if self.vanishes:
            await wire.read_some()
            wire.end()
        elif self.scheme == "http":
            await self._connect(wire)
        else:
            await self._socks(wire)

    async def _connect(self, wire: Wire) -> None:
        await wire.request()
        method, target, _ = wire.request_line.split()
        assert method == "CONNECT"
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        host, _, port = target.rpartition(":")
        if self.wants_password and wire.headers.get("proxy-authorization") != expected:
            wire.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n")
        elif self.refuses is not None:
            assert isinstance(self.refuses, bytes)
            wire.write(self.refuses)
        else:
            await self._relay(wire, host, int(port), b"HTTP/1.1 200 Connection established\r\n\r\n")
            return
        wire.end()

    async def _socks(self, wire: Wire) -> None:
        version, count = await wire.read_bytes(2)
        offered = await wire.read_bytes(count)
        method = 2 if self.wants_password else 0
        if method not in offered:
            wire.write(b"\x05\xff")
            wire.end()
            return
        wire.write(bytes([version, method]))
        if self.wants_password and not await self._knows_password(wire):
            wire.end()
            return
        _, _, _, kind = await wire.read_bytes(4)
        if kind == 3:
            host = (await wire.read_bytes((await wire.read_bytes(1))[0])).decode()
        else:
            host = socket.inet_ntop(socket.AF_INET, await wire.read_bytes(4))
        (port,) = struct.unpack("!H", await wire.read_bytes(2))
        if self.refuses is not None:
            assert isinstance(self.refuses, int)
            wire.write(bytes([5, self.refuses, 0, 1]) + bytes(6))
            wire.end()
            return
        await self._relay(wire, host, port, b"\x05\x00\x00\x01" + bytes(6))

    async def _knows_password(self, wire: Wire) -> bool:
        (_, length) = await wire.read_bytes(2)
        user = await wire.read_bytes(length)
        password = await wire.read_bytes((await wire.read_bytes(1))[0])
        right = (user, password) == (USER.encode(), PASSWORD.encode())
        wire.write(b"\x01\x00" if right else b"\x01\x01")
        return right

    async def _relay(self, wire: Wire, host: str, port: int, yes: bytes) -> None:
        self.asked.append((host, port))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        wire.write(yes)
        try:
            await asyncio.gather(
                _pass_on(wire.read_some, writer.write), _pass_on(lambda: reader.read(65536), wire.write)
            )
        finally:
            writer.transport.abort()
            wire.end()


async def _pass_on(read: Callable[[], Awaitable[bytes]], write: Callable[[bytes], None]) -> None:
    while data := await read():
        write(data)


@contextlib.asynccontextmanager
async def proxy(
    scheme: str = "http", *, wants_password: bool = False, refuses: bytes | int | None = None, vanishes: bool = False
) -> AsyncIterator[Proxy]:
    """A proxy that listens until the block ends."""
    made = Proxy(scheme, wants_password=wants_password, refuses=refuses, vanishes=vanishes)
    async with peer(made) as listening:
        made.port = listening.port
        yield made
