"""The server's side of one open WebSocket: messages and control frames, and the closing handshake."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Final

from wsmonitor.lab.wire.frames import Frame, FrameParser, Opcode, ViolationError, close_payload, encode
from wsmonitor.lab.wire.wire import PeerGoneError, Wire

MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024
CLOSE_WAIT_S: Final = 2.0
"""How long we wait for the client's Close after ours."""
_SENDABLE_CODES: Final = frozenset({*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)})


@dataclass(frozen=True)
class Message:
    """A complete data message; `payload` of a text message is valid UTF-8."""

    opcode: Opcode
    payload: bytes

    @property
    def text(self) -> str:
        """The text of a text message; empty for a binary one."""
        return self.payload.decode() if self.opcode is Opcode.TEXT else ""


@dataclass(frozen=True)
class Ping:
    """A ping arrived."""

    payload: bytes


@dataclass(frozen=True)
class Pong:
    """A pong arrived, asked for or not."""

    payload: bytes


@dataclass(frozen=True)
class Close:
    """The client's Close frame arrived; `code` is `None` where it carried none."""

    code: int | None
    reason: str


Received = Message | Ping | Pong | Close


class WebSocket:
    """Reads whole messages strictly, writes whatever it is told."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.close_sent = False
        self._parser = FrameParser()
        self._parts: list[bytes] = []
        self._opcode: Opcode | None = None

    async def receive(self) -> Received:
        """What comes next; raises `ViolationError` or `PeerGoneError`."""
        while True:
            frame = self._parser.next_frame()
            if frame is None:
                self._parser.feed(await self.wire.read())
                continue
            if (received := self._take(frame)) is not None:
                return received

    async def send(self, opcode: int, payload: bytes = b"", *, fin: bool = True) -> None:
        """Writes one frame; raises `PeerGoneError`."""
        await self.wire.write(encode(opcode, payload, fin=fin))

    async def send_text(self, text: str) -> None:
        """Writes one text message."""
        await self.send(Opcode.TEXT, text.encode())

    async def send_close(self, code: int | None, reason: str = "") -> None:
        """Writes a Close frame and nothing else."""
        self.close_sent = True
        await self.send(Opcode.CLOSE, close_payload(code, reason))

    async def close(self, code: int | None, reason: str = "") -> None:
        """Close frame, wait for the client's, then FIN: the closing handshake begun by the server."""
        with contextlib.suppress(PeerGoneError, ViolationError, TimeoutError):
            await self.send_close(code, reason)
            async with asyncio.timeout(CLOSE_WAIT_S):
                while not isinstance(await self.receive(), Close):
                    pass
        await self.wire.fin()

    async def answer_close(self, close: Close) -> None:
        """Echoes the client's Close, then FIN: the closing handshake begun by the client."""
        with contextlib.suppress(PeerGoneError):
            await self.send_close(close.code)
        await self.wire.fin()

    def _take(self, frame: Frame) -> Received | None:
        match frame.opcode:
            case Opcode.PING:
                return Ping(frame.payload)
            case Opcode.PONG:
                return Pong(frame.payload)
            case Opcode.CLOSE:
                return _parsed_close(frame.payload)
            case Opcode.CONTINUATION if self._opcode is None:
                raise ViolationError(1002, "continuation without a message")
            case Opcode.TEXT | Opcode.BINARY if self._opcode is not None:
                raise ViolationError(1002, "new message inside a fragmented one")
            case _:
                return self._assembled(frame)

    def _assembled(self, frame: Frame) -> Message | None:
        opcode = self._opcode if self._opcode is not None else frame.opcode
        self._parts.append(frame.payload)
        if sum(map(len, self._parts)) > MAX_MESSAGE_BYTES:
            raise ViolationError(1009, f"message longer than {MAX_MESSAGE_BYTES} bytes")
        if not frame.fin:
            self._opcode = opcode
            return None
        payload = b"".join(self._parts)
        self._parts, self._opcode = [], None
        if opcode is Opcode.TEXT:
            _check_utf8(payload)
        return Message(opcode, payload)


def _parsed_close(payload: bytes) -> Close:
    if not payload:
        return Close(None, "")
    if len(payload) == 1:
        raise ViolationError(1002, "Close frame with one byte")
    code = int.from_bytes(payload[:2], "big")
    if code not in _SENDABLE_CODES:
        raise ViolationError(1002, f"close code {code} must not be sent")
    _check_utf8(payload[2:])
    return Close(code, payload[2:].decode())


def _check_utf8(payload: bytes) -> None:
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        raise ViolationError(1007, f"invalid UTF-8 at byte {error.start}") from None
