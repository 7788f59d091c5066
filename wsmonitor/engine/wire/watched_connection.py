"""A websockets connection that tells of every frame and every end, with stamps.

It sees them in the Sans-I/O protocol object of websockets 17 (`watched_protocol.py`; a contract test holds
each of them). Data frames never reach the library's own queue, so its flow control cannot pause
reading and a slow consumer cannot make a healthy link look dead; the checks which that queue makes
(UTF-8, number of fragments) are made here with the same codes and reasons.
"""

import asyncio
import contextlib
import logging
import re
import socket
import time
from collections.abc import Callable
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.messages import MAX_FRAGMENTS
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidState
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import BytesLike

from wsmonitor.engine.opening import other_protocols
from wsmonitor.engine.wire.parse_quota import TURN_NS, ParseQuota, Received
from wsmonitor.engine.wire.stamped_socket import StampedSocket
from wsmonitor.engine.wire.watched_protocol import WatchedProtocol

log = logging.getLogger(__name__)

HEARD_BYTES = 64
_STATUS_LINE = re.compile(rb"(?:HT)?TP/(1\.[01] [45]\d\d[^\r\n]{0,60})")
"""Read as a frame, `HT` is a header, which the parser may have taken before the rest came."""
_LOOKED_AT = 4096
_BEGUN_BYTES = 128
"""`HT` read as a header asks for 84 bytes more: no more than these can wait for the next read."""
LAST_TURN_NS = 500_000_000
"""Nothing is parsed after the end, and a Close may be the last of what came before it."""
UNSENT_PONGS_BYTES = 256 * 1024
"""Pings of a peer that reads no pong are not answered beyond this (RFC 6455, 5.5.3 asks only for the last)."""


class Watcher(Protocol):
    """Who hears what the connection sees. Every method is quick and never raises; times are monotonic ns."""

    def bytes_received(self, count: int, at_ns: int) -> None: ...

    def opened(self, connection: "WatchedConnection", response: Response, at_ns: int) -> None: ...

    def message_received(
        self, opcode: Opcode, data: BytesLike, *, fragments: int, wire_bytes: int, at_ns: int
    ) -> None: ...

    def control_received(self, frame: Frame, at_ns: int) -> None: ...

    def late_received(self, frame: Frame, *, wire_bytes: int, at_ns: int) -> None: ...

    def frame_sent(self, frame: Frame, *, wire_bytes: int, at_ns: int) -> None: ...

    def pong_suppressed(self, frame: Frame, at_ns: int) -> None: ...

    def failed_by_us(self, code: int, reason: str, at_ns: int) -> None: ...

    def end_received(self, at_ns: int) -> None: ...

    def writable(self) -> None: ...

    def lost(self, error: Exception | None, at_ns: int) -> None: ...


class WatchedConnection(ClientConnection):
    """A client connection whose frames, stamps and ends go to a listener.

    Its own keepalive is off and its write buffer holds at most one message: a message that is not
    wholly with the kernel when the connection is lost was certainly not read by the peer.
    """

    __slots__ = (
        *("heard", "fed_bytes", "lost_error", "mutes_pongs", "received", "socket", "waited_ns"),
        *("_fragments", "_has_failed", "_is_half_closed", "_is_stalled", "_latest"),
        *("_begun", "_listener", "_now_ns", "_ping_sent_ns", "_portions", "_rx_ns", "_watched"),
        # The library sets these late; in slots they spare each of many that open at once a dictionary of its own.
        *("recv_messages", "transport"),
    )

    def __init__(
        self, protocol: ClientProtocol, *, listener: Watcher, now_ns: Callable[[], int], **options: Any
    ) -> None:
        super().__init__(protocol, **{**options, "ping_interval": None, "max_queue": None, "write_limit": 0})
        self.mutes_pongs = False
        self.lost_error: Exception | None = None
        self.heard = b""
        """How what the peer sent before the connection was open begins."""
        self.fed_bytes = 0
        self._latest: bytes | memoryview = b""
        self._begun = b""
        """What came before `_latest` of a frame that was not whole."""
        self.received: list[Received] = []
        self.socket: StampedSocket | None = None
        """What it reads from, where that was opened by us."""
        self._listener = listener
        self._now_ns = now_ns
        self._rx_ns = self._ping_sent_ns = 0
        self.waited_ns = 0
        """How long what is parsed had waited for us in the kernel, at least; 0 where nobody knows."""
        self._fragments: list[Received] = []
        self._has_failed = False
        self._is_half_closed = False
        self._portions = ParseQuota()
        self._is_stalled = False
        self._watched = WatchedProtocol.over(protocol, self)

    # What we do ourselves

    def write_message(self, payload: bytes, *, is_text: bool) -> None:
        """Write one unfragmented message. Raises `InvalidState` if the connection is not open."""
        if is_text:
            self.protocol.send_text(payload)
        else:
            self.protocol.send_binary(payload)
        self.send_data()

    def write_ping(self, payload: bytes, *, asks: bool = False) -> int:
        """Write a ping without waiting for anything; the time just before the write. `asks` the kernel when it left.

        After it the answer may be there already: whoever is woken by a packet may get our processor.
        Raises `InvalidState` if the connection is not open.
        """
        if self.protocol.state is not State.OPEN:
            raise InvalidState(f"connection is {self.protocol.state.name.lower()}")
        self.protocol.send_ping(payload)
        sent_ns, begun_ns = self._now_ns(), time.monotonic_ns()
        if self.socket is not None:
            self.socket.is_asked = asks
        self.send_data()
        if self.socket is not None:
            self.socket.is_asked = False
            sent_ns += max(0, self.socket.sent_ns - begun_ns)  # asyncio and TLS take their time before the write
        self._ping_sent_ns = sent_ns
        return sent_ns

    def left_after_ns(self, sent_ns: int) -> int:
        """So long after that time left the ping that was written then; 0 where the kernel does not say."""
        is_last = self.socket is not None and sent_ns == self._ping_sent_ns
        return self.socket.left_after_ns if is_last and self.socket is not None else 0

    def write_close(self, code: int, reason: str) -> None:
        """Write a Close frame. Raises `InvalidState` if the connection is not open."""
        self.protocol.send_close(code, reason)
        self.send_data()

    def half_close(self) -> None:
        """Send a FIN and go on listening; over TLS a FIN without close_notify. Nothing more leaves."""
        self._is_half_closed = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.get_extra_info("socket").shutdown(socket.SHUT_WR)

    def stall(self, *, stalled: bool) -> None:
        """Read nothing while stalled, and look at nothing that was read before."""
        self._is_stalled = stalled
        if stalled:
            self.transport.pause_reading()
        else:
            self._parse_on()

    def forget_opening(self) -> None:
        """The connection is open and what was said about it was told: let go of requests and headers."""
        self.heard = b""
        self.request = None
        if self.response is not None:
            self.response.headers.clear()

    @property
    def is_broken(self) -> bool:
        """True once the transport gave up, perhaps before anybody was told: what is written then goes nowhere."""
        return self.transport.is_closing()

    @property
    def unsent_bytes(self) -> int:
        """Bytes that wait in our own write buffer."""
        return self.transport.get_write_buffer_size()

    # What asyncio tells us

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if transport.get_extra_info("ssl_object") is not None:
            # With a limit of zero asyncio's TLS pauses writing over an empty buffer (it compares with
            # `>=`, plain TCP with `>`), and nothing would ever resume it.
            self.transport.set_write_buffer_limits(high=1, low=0)

    def data_received(self, data: bytes) -> None:
        # Now: TLS goes on reading from the socket while what it handed over is still parsed. And before the time is
        # taken: an arrival is told a little late, never early.
        self.waited_ns = self.socket.waited_ns if self.socket is not None else 0
        self._rx_ns = self._now_ns()
        self._listener.bytes_received(len(data), self._rx_ns)
        if self.response is None and len(self.heard) < HEARD_BYTES:
            self.heard += data[: HEARD_BYTES - len(self.heard)]
        self._portions.add(data)
        self._parse_on()

    def eof_received(self) -> None:
        self._parse_for_a_turn(LAST_TURN_NS)  # TLS tells of data and of its end in one go
        self._listener.end_received(self._now_ns())
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        at_ns = self._now_ns()
        self.lost_error = exc
        if exc is not None:
            self._parse_for_a_turn(LAST_TURN_NS)
        super().connection_lost(exc)
        self._listener.lost(exc, at_ns)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._listener.writable()

    def send_data(self) -> None:
        """As the library's, with one write for all that waits: a system call for each pong is dear."""
        writes = self.protocol.writes
        if len(writes) > 1 and writes[-1]:  # an empty one at the end stands for a FIN
            writes[:] = [b"".join(writes)]
        super().send_data()

    def _parse_on(self) -> None:
        """Parse what was received; if that takes long, go on after the others had their turn."""
        if self._is_stalled or self.transport.is_closing():
            return
        self._parse_for_a_turn()
        if self._portions:
            self.transport.pause_reading()
            self.loop.call_soon(self._parse_on)
        else:
            self.transport.resume_reading()

    def _parse_for_a_turn(self, turn_ns: int = TURN_NS) -> None:
        now_ns = self._now_ns()
        end_ns = now_ns + turn_ns
        while self._portions and now_ns < end_ns:
            size_bytes = self._take_messages() or self._parse_portion()
            if self.received:
                self.take_received()
            before_ns, now_ns = now_ns, self._now_ns()
            self._portions.took(size_bytes, now_ns - before_ns)
        if self.response is None and (self.protocol.handshake_exc or other_protocols.is_foreign(self.heard)):
            self.transport.abort()  # what came is no answer, and more of it would be none either

    def _take_messages(self) -> int:
        """Take whole messages and pongs past the parser; what they took on the wire."""
        if not self._watched.may_be_passed_by:
            return 0
        self.received, size_bytes = self._portions.take_messages(self.protocol.max_message_size)
        self.fed_bytes += size_bytes
        self._watched.parsed_bytes += size_bytes
        return size_bytes

    def _parse_portion(self) -> int:
        """Let the protocol parse what comes next; its size."""
        portion = self._portions.take(begins=self._watched.parsed_bytes == self.fed_bytes)
        self.fed_bytes += len(portion)
        self._begun, self._latest = bytes(self.protocol.reader.buffer[:_BEGUN_BYTES]), portion
        super().data_received(portion)  # type: ignore[arg-type]  # the parser appends it to a bytearray
        self._latest = b""
        return len(portion)

    # What the protocol tells us (`watched_protocol.py`)

    def response_parsed(self, response: Response) -> None:
        self._listener.opened(self, response, self._rx_ns)

    def control_parsed(self, frame: Frame) -> None:
        self._listener.control_received(frame, self._rx_ns)

    def late_parsed(self, frame: Frame, wire_bytes: int) -> None:
        # now: the answer to the Close was stamped after it came
        self._listener.late_received(frame, wire_bytes=wire_bytes, at_ns=self._now_ns())

    def lets_out(self, frame: Frame) -> bool:
        if frame.opcode is Opcode.PONG and self.unsent_bytes > UNSENT_PONGS_BYTES:
            return False
        if frame.opcode is Opcode.PONG and self.mutes_pongs:
            self._listener.pong_suppressed(frame, self._now_ns())
            return False
        return not self._is_half_closed  # pongs and the echo of a Close would only be claimed as sent

    def frame_written(self, frame: Frame, wire_bytes: int) -> None:
        self._listener.frame_sent(frame, wire_bytes=wire_bytes, at_ns=self._now_ns())

    def failing(self, code: int, reason: str) -> str:
        heard = self._begun + bytes(self._latest[:_LOOKED_AT]) if code == CloseCode.PROTOCOL_ERROR else b""
        http = _STATUS_LINE.search(heard)
        if http is not None:  # a handler failed, and its server answered as if the request were still open
            reason = f"HTTP instead of a frame: HTTP/{http[1].decode('ascii', 'replace')}"
        self._listener.failed_by_us(code, reason, self._rx_ns)  # what came then broke it
        return reason

    # Data frames

    def take_received(self) -> None:
        received, self.received = self.received, []
        for frame in received:
            if self._has_failed:
                return  # what was parsed along with it is not to be processed (RFC 6455, 7.1.7)
            opcode, data, is_final, wire_bytes = frame
            if opcode is Opcode.PONG:
                self.control_parsed(Frame(opcode, data))
            elif is_final and not self._fragments:
                self._pass_on(opcode, data, 1, wire_bytes)
            else:
                self._collect(frame)

    def _collect(self, frame: Received) -> None:
        """Put fragments together; the protocol has already checked their sequence."""
        self._fragments.append(frame)
        _, _, is_final, _ = frame
        if len(self._fragments) > MAX_FRAGMENTS:
            self._fragments.clear()
            self._fail_by_ourselves(CloseCode.MESSAGE_TOO_BIG, "too many fragments")
        elif is_final:
            frames, self._fragments = self._fragments, []
            opcodes, parts, _, sizes = zip(*frames, strict=True)
            self._pass_on(opcodes[0], b"".join(parts), len(frames), sum(sizes))

    def _pass_on(self, opcode: Opcode, data: BytesLike, fragments: int, wire_bytes: int) -> None:
        if opcode is Opcode.TEXT:
            data = bytes(data) if isinstance(data, memoryview) else data
            try:
                data.isascii() or data.decode()
            except UnicodeDecodeError as error:
                self._fail_by_ourselves(CloseCode.INVALID_DATA, f"{error.reason} at position {error.start}")
                return
        self._listener.message_received(opcode, data, fragments=fragments, wire_bytes=wire_bytes, at_ns=self._rx_ns)

    def _fail_by_ourselves(self, code: CloseCode, reason: str) -> None:
        self._has_failed = True
        self.protocol.fail(code, reason)
        with contextlib.suppress(OSError):  # the transport reports its own end
            self.send_data()
