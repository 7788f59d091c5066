"""One client of the reference server, from accept to clean-up."""

import asyncio
import contextlib
import logging
from typing import Final

from wsmonitor.lab.wire.frames import Opcode
from wsmonitor.lab.wire.websocket import WebSocket
from wsmonitor.lab.wire.wire import PeerGoneError

SEND_LIMIT_S: Final = 1.0
"""A heartbeat or Close that the kernel does not take in this time counts as failed."""
_log = logging.getLogger(__name__)


class Client:
    """An open WebSocket that is sent nothing more once it is marked as disconnecting."""

    def __init__(self, socket: WebSocket, number: int) -> None:
        self.socket = socket
        self.name = f"client {number} ({socket.wire.peer})"
        self.disconnecting = False
        self.stale = asyncio.Event()
        self.missed = 0
        self._now = asyncio.get_running_loop().time
        self._begun_s = self._now()
        self._beat_s: float | None = None

    @property
    def age_s(self) -> float:
        """Time since the accept."""
        return self._now() - self._begun_s

    @property
    def silent_since_beat(self) -> bool:
        """True where no byte came since the last heartbeat was sent; never before the first."""
        return self._beat_s is not None and self.socket.wire.last_rx_s < self._beat_s

    async def send(self, opcode: Opcode, payload: bytes) -> None:
        """Sends unless disconnecting; raises `PeerGoneError` where the client is gone."""
        if self.disconnecting or self.socket.close_sent:
            _log.debug("%s is disconnecting: nothing is sent", self.name)
            return
        await self.socket.send(opcode, payload)

    async def beat(self) -> None:
        """Sends a heartbeat; raises `PeerGoneError`, or `TimeoutError` where the kernel does not take it."""
        self._beat_s = self._now()
        async with asyncio.timeout(SEND_LIMIT_S):
            await self.send(Opcode.PING, b"heartbeat")

    async def hang_up(self, code: int, reason: str) -> None:
        """Close, then FIN, without waiting for an answer; a second call does nothing."""
        if self.disconnecting:
            return
        self.disconnecting = True
        # On the way out a client that is gone or full is no error.
        with contextlib.suppress(PeerGoneError, TimeoutError):
            async with asyncio.timeout(SEND_LIMIT_S):
                await self.socket.send_close(code, reason)
        await self.socket.wire.fin()
