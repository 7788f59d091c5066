"""One accepted TCP connection: bytes in, bytes out, and each way to end it exactly as named."""

import asyncio
import contextlib
import socket
import struct
from typing import Final, cast

FIN_WAIT_S: Final = 2.0
"""After our FIN we read on so long for the client's; closing with unread bytes would send RST instead."""


class PeerGoneError(Exception):
    """The client ended the TCP connection while something was still expected of it."""


class PeerFinError(PeerGoneError):
    """The client sent FIN."""


class PeerResetError(PeerGoneError):
    """The client sent RST, or the kernel gave the connection up."""


class Wire:
    """Bytes of one client, with the times (of the running loop's clock) at which the last ones passed."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        # Taken now: a TLS transport forgets both once the connection is lost.
        self._socket: socket.socket | None = writer.get_extra_info("socket")
        name = writer.get_extra_info("peername")
        self.peer = f"{name[0]}:{name[1]}" if name else "?"
        """`address:port` of the client, for the log."""
        self._now = asyncio.get_running_loop().time
        self.ended = False
        self.last_rx_s = self.last_tx_s = self._now()
        # drain() then returns only once everything is with the kernel. Not 0: over TLS asyncio (3.11) pauses at
        # "no less than high", so that with an empty buffer as well, and a burst of answers would wait for ever.
        writer.transport.set_write_buffer_limits(high=1, low=0)

    async def read(self) -> bytes:
        """The next bytes; raises `PeerGoneError` at the client's FIN or RST."""
        try:
            data = await self._reader.read(65536)
        except OSError as error:
            raise PeerResetError(f"reset by the client: {error}") from error
        if not data:
            raise PeerFinError("FIN from the client")
        self.last_rx_s = self._now()
        return data

    async def read_until(self, end: bytes, *, limit_s: float) -> bytes:
        """Bytes up to and including `end`; raises `PeerGoneError`, `TimeoutError` or `asyncio.LimitOverrunError`."""
        try:
            async with asyncio.timeout(limit_s):
                data = await self._reader.readuntil(end)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise PeerGoneError("the client ended the connection before its request was complete") from error
        self.last_rx_s = self._now()
        return data

    async def write(self, data: bytes) -> None:
        """Returns once the kernel has all of `data`; raises `PeerGoneError` where the connection is gone."""
        if self.ended or self._writer.is_closing():
            raise PeerGoneError("write after the end")
        self._writer.write(data)
        self.last_tx_s = self._now()
        try:
            await self._writer.drain()
        except OSError as error:
            raise PeerResetError(f"reset by the client: {error}") from error

    def stop_reading(self) -> None:
        """From now on the kernel's receive buffer fills, then the client's window closes."""
        # A FIN or RST already under way may have closed the transport.
        with contextlib.suppress(RuntimeError):
            cast(asyncio.ReadTransport, self._writer.transport).pause_reading()

    async def fin(self) -> None:
        """Sends FIN (no TLS close_notify), reads until the client's own, then releases the socket."""
        if self.ended:
            return
        self.ended = True
        with contextlib.suppress(TimeoutError, OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_WR)
            async with asyncio.timeout(FIN_WAIT_S):
                while await self._reader.read(65536):
                    pass
        self._writer.transport.abort()

    def reset(self) -> None:
        """Sends RST: SO_LINGER with zero time, then close."""
        if self.ended:
            return
        self.ended = True
        with contextlib.suppress(OSError):  # a socket already closed is fine
            if self._socket is not None:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def drop(self) -> None:
        """Releases the socket however it stands; for the end of the program and for clients already gone."""
        self.ended = True
        self._writer.transport.abort()
