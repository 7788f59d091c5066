"""One raw connection: what it sends is ours to choose, what comes is stamped and kept within bounds."""

import asyncio
import itertools
import os
import socket
import struct
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from wsmonitor.experiments.line import frames
from wsmonitor.experiments.line.frames import Frame, FrameReader
from wsmonitor.experiments.line.upgrade import HEAD_LIMIT, Request, Response, parse_response

FRAMES_KEPT = 1000
"""So many of each kind: a flood of messages must not wash away pings and pongs."""
SWITCHING = 101
Pongs = Literal["same", "wrong", "never"]
EndKind = Literal["close", "fin", "rst", "timeout", "local"]


@dataclass(frozen=True, slots=True)
class End:
    """The first fact that ended a connection. `code` is 1005 for a Close without one; None where no Close came."""

    at_ns: int
    how: EndKind
    code: int | None = None
    reason: str = ""

    def __str__(self) -> str:
        if self.how == "close":
            said = "without a code" if self.code == 1005 else str(self.code)
            return f"Close {said} {self.reason}".rstrip()
        return {"fin": "FIN without Close", "rst": "RST", "timeout": "the kernel gave up", "local": "closed by us"}[
            self.how
        ]


class Line(asyncio.Protocol):
    """A connection that answers pings and Close as it is told to (`pongs`, `answers_close`), and does nothing else.

    Args:
        now_ns: the monotonic clock.
        sent: called with the number of bytes of every write.
    """

    def __init__(self, now_ns: Callable[[], int], sent: Callable[[int], None] = lambda _: None) -> None:
        self.now_ns = now_ns
        self._sent = sent
        self.pongs: Pongs = "same"
        self.answers_close = True
        self.response: Response | None = None
        self.not_http = b""
        """How an answer begins that is no HTTP."""
        self.writes = 0
        """How often something was sent, the request and our FIN included."""
        self._control: deque[Frame] = deque(maxlen=FRAMES_KEPT)
        self._data: deque[Frame] = deque(maxlen=FRAMES_KEPT)
        self.end: End | None = None
        self.fin_ns: int | None = None
        self.lost_ns: int | None = None
        self.error: BaseException | None = None
        self.on_end: Callable[[Line, End], None] = _nobody
        self.on_open: Callable[[Line], None] | None = None
        """Called once, as the answer that upgrades was read."""
        self.opened_ns = self.last_rx_ns = self.last_tx_ns = now_ns()
        self.received = 0
        """Bytes that came after the answer's head."""
        self._head = bytearray()
        self._reader = FrameReader()
        self._transport: asyncio.Transport | None = None
        self._changed: set[asyncio.Future[None]] = set()
        self._numbers = itertools.count(1)

    # What asyncio says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=1, low=0)  # `resume_writing`: all is with the kernel
        self.opened_ns = self.last_rx_ns = self.last_tx_ns = self.now_ns()

    def data_received(self, data: bytes) -> None:
        at_ns = self.last_rx_ns = self.now_ns()
        if self.response is None and not self.not_http:
            data = self._take_head(data, at_ns)
            if self.response is not None and self.response.status == SWITCHING and self.on_open is not None:
                self.on_open(self)
        if self.response is not None:
            self.received += len(data)
            for frame in self._reader.feed(data, at_ns):
                self._take(frame)
        self._tell()

    def eof_received(self) -> bool:
        self.fin_ns = self.now_ns()
        self._ended(End(self.fin_ns, "fin"))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost_ns = self.now_ns()
        self.error = exc
        how: EndKind = "rst" if isinstance(exc, ConnectionError) else "timeout" if exc is not None else "local"
        self._ended(End(self.lost_ns, how))

    def resume_writing(self) -> None:
        self._tell()

    # What we do

    @property
    def is_up(self) -> bool:
        """True until the first fact of an end."""
        return self.end is None

    @property
    def frames(self) -> list[Frame]:
        """What came, as far as it is kept, in order."""
        return sorted((*self._control, *self._data), key=lambda frame: frame.at_ns)

    @property
    def messages(self) -> Sequence[Frame]:
        """The data frames that came, as far as they are kept."""
        return self._data

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was sent but the request."""
        return self.writes <= 1

    @property
    def transport(self) -> asyncio.Transport:
        """Where the bytes go. Raises `ConnectionError` before the connection is made."""
        if self._transport is None:
            raise ConnectionError("not connected")
        return self._transport

    @property
    def unsent(self) -> int:
        """Bytes that wait in our own write buffer."""
        return 0 if self._transport is None or self._transport.is_closing() else self._transport.get_write_buffer_size()

    @property
    def socket(self) -> socket.socket | None:
        """The socket, where the transport tells."""
        return cast("socket.socket | None", self.transport.get_extra_info("socket"))

    def write(self, data: bytes) -> None:
        """Send bytes as they are; in vain, and without a word, where the connection is gone."""
        if self._transport is None or self._transport.is_closing():
            return
        self.last_tx_ns = self.now_ns()
        self.writes += 1
        self._sent(len(data))
        self._transport.write(data)

    def send(self, opcode: int, payload: bytes = b"", *, fin: bool = True) -> None:
        """Send one well-formed frame."""
        self.write(frames.encode(opcode, payload, fin=fin))

    def ping(self, payload: bytes = b"") -> bytes:
        """Send a ping, and what a pong to it must carry: unique where nothing else was asked for."""
        payload = payload or b"%d %s" % (next(self._numbers), os.urandom(6).hex().encode())
        self.send(frames.PING, payload)
        return payload

    async def answered(self, payload: bytes, timeout_s: float) -> int | None:
        """When the pong with this payload came; None if the connection ended or nothing came in time."""
        await self.until(lambda: not self.is_up or self.pong_at(payload) is not None, timeout_s)
        return self.pong_at(payload)

    async def round_trip(self, timeout_s: float) -> int | None:
        """Ping, and nanoseconds to its pong; None where none came in time."""
        sent_ns = self.now_ns()
        answered_ns = await self.answered(self.ping(), timeout_s)
        return None if answered_ns is None else answered_ns - sent_ns

    def pong_at(self, payload: bytes) -> int | None:
        """When a pong with this payload came."""
        return next((one.at_ns for one in self._control if one.opcode == frames.PONG and one.payload == payload), None)

    @property
    def pong_count(self) -> int:
        """How many pongs are kept, whatever they carry."""
        return sum(frame.opcode == frames.PONG for frame in self._control)

    def pings_received(self) -> list[Frame]:
        """The server's pings, as far as they are kept."""
        return [frame for frame in self._control if frame.opcode == frames.PING]

    async def until(self, holds: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until `holds`, at most `timeout_s`; whether it does."""
        deadline_ns = self.now_ns() + round(timeout_s * 1e9)
        while not holds():
            left_s = (deadline_ns - self.now_ns()) / 1e9
            if left_s <= 0:
                return False
            changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._changed.add(changed)
            try:
                await asyncio.wait([changed], timeout=left_s)
            finally:
                self._changed.discard(changed)
        return True

    async def ended(self, timeout_s: float) -> bool:
        """Wait until it has ended, at most `timeout_s`; whether it has."""
        return await self.until(lambda: not self.is_up, timeout_s)

    def half_close(self) -> None:
        """Send FIN and go on reading, under TLS as well (without its close_notify)."""
        if self.socket is not None:
            self.writes += 1
            self.socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """End with RST."""
        if self.socket is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.drop()

    def drop(self) -> None:
        """End now, however it stands."""
        if self._transport is not None:
            self._transport.abort()

    async def close(self, timeout_s: float = 2.0) -> None:
        """The closing handshake as a good client does it: Close 1000, wait for the answer and FIN, then let go."""
        if self.is_up and self.response is not None and self.response.status == 101:
            self.answers_close = False
            self.send(frames.CLOSE, frames.close_payload(1000))
            await self.until(lambda: self.fin_ns is not None or self.lost_ns is not None, timeout_s)
        self.drop()

    # Inside

    def _take_head(self, data: bytes, at_ns: int) -> bytes:
        """Add to the answer's head; what comes after it."""
        self._head += data
        head, end, rest = bytes(self._head).partition(b"\r\n\r\n")
        if not end and len(self._head) <= HEAD_LIMIT:
            return b""
        self._head.clear()
        self.response = parse_response(head, at_ns) if end else None
        if self.response is None:
            self.not_http = head[:200]
            return b""
        return rest

    def _take(self, frame: Frame) -> None:
        (self._control if frame.opcode >= frames.CLOSE else self._data).append(frame)
        match frame.opcode:
            case frames.PING if self.pongs != "never" and self.is_up:
                payload = frame.payload[:125] if self.pongs == "same" else b"another payload"
                self.send(frames.PONG, payload)
            case frames.CLOSE:
                code = int.from_bytes(frame.payload[:2], "big") if len(frame.payload) >= 2 else 1005
                reason = frame.payload[2:].decode("utf-8", "replace")
                self._ended(End(frame.at_ns, "close", code, reason))
                if self.answers_close:
                    self.send(frames.CLOSE, frame.payload[:2])

    def _ended(self, end: End) -> None:
        if self.end is None:
            self.end = end
            self.on_end(self, end)
        self._tell()

    def _tell(self) -> None:
        for changed in self._changed:
            if not changed.done():
                changed.set_result(None)


def _nobody(_line: Line, _end: End) -> None:
    return


async def upgraded(line: Line, request: Request, timeout_s: float) -> Response | None:
    """Send the request and wait for its answer; None where the connection ended or nothing came in time."""
    line.write(request.encode())
    await line.until(lambda: line.response is not None or bool(line.not_http) or not line.is_up, timeout_s)
    return line.response
