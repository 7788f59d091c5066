"""The Sans-I/O protocol of websockets, telling a `FrameWatcher` of every frame that passes.

The calls come from inside its parser: what they do must not raise. Whole messages and fragments do not go into the
library's list of events but into `FrameWatcher.received`, with what they took on the wire; they are taken before the
frame that ends the connection counts, so that what came first is answered first.
"""

from collections.abc import Generator
from contextlib import suppress
from typing import Protocol, Self

from websockets.client import ClientProtocol
from websockets.exceptions import ProtocolError, WebSocketException
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State

from wsmonitor.engine.wire.parse_quota import Received

LATE_FRAMES = 10
LATE_BYTES = 65_536
BINARY, CONT, TEXT = Opcode.BINARY, Opcode.CONT, Opcode.TEXT


class FrameWatcher(Protocol):
    """Who is told, and who knows how much was handed to the parser."""

    fed_bytes: int
    """All that the parser was given so far."""
    received: list[Received]
    """Data frames in their order: whoever feeds the parser takes them."""

    def take_received(self) -> None:
        """Process what was received so far: the end begins, and nothing can be sent after it."""
        ...

    def response_parsed(self, response: Response) -> None:
        """The peer's answer to our request is an upgrade."""
        ...

    def control_parsed(self, frame: Frame) -> None:
        """A valid control frame came, and was not answered yet."""
        ...

    def late_parsed(self, frame: Frame, wire_bytes: int) -> None:
        """A frame came after the peer's own Close: it means nothing any more."""
        ...

    def lets_out(self, frame: Frame) -> bool:
        """False if this frame is not to be sent."""
        ...

    def frame_written(self, frame: Frame, wire_bytes: int) -> None:
        """A frame was put where the transport takes it from."""
        ...

    def failing(self, code: int, reason: str) -> str:
        """The connection is about to be failed by ourselves; the reason as it is best said."""
        ...


class WatchedProtocol(ClientProtocol):
    """A client protocol that is watched. `over` makes one of the library's own."""

    watcher: FrameWatcher
    parsed_bytes: int
    """All that was parsed so far."""

    @classmethod
    def over(cls, protocol: ClientProtocol, watcher: FrameWatcher) -> Self:
        """The same protocol, watched. Its parser looks every method up when it calls it."""
        protocol.__class__ = cls
        assert isinstance(protocol, cls)
        protocol.watcher = watcher
        protocol.parsed_bytes = 0
        return protocol

    def send_request(self, request: Request) -> None:
        super().send_request(request)
        request.headers.clear()  # nobody reads them again

    def process_response(self, response: Response) -> None:
        self._take_size()
        super().process_response(response)  # raises where the answer is no upgrade
        self.watcher.response_parsed(response)

    def recv_frame(self, frame: Frame) -> None:
        wire_bytes = self._take_size()
        opcode = frame.opcode
        if opcode is TEXT or opcode is BINARY or opcode is CONT:
            if self.current_size is not None or not frame.fin or opcode is CONT:
                super().recv_frame(frame)  # raises where the frame is out of sequence
                del self.events[-1]
            self.watcher.received.append((opcode, frame.data, frame.fin, wire_bytes))
            return
        if opcode is Opcode.CLOSE:
            self.watcher.take_received()
        if opcode is not Opcode.CLOSE or (self.current_size is None and _is_valid(frame)):
            self.watcher.control_parsed(frame)  # before the answer to it is sent
        super().recv_frame(frame)
        del self.events[-1]

    @property
    def may_be_passed_by(self) -> bool:
        """True where whole messages need not come through here: a frame begins, and no extension sees them all."""
        return (
            self.state is State.OPEN
            and self.current_size is None
            and self.parsed_bytes == self.watcher.fed_bytes
            and (not self.extensions or all(isinstance(one, PerMessageDeflate) for one in self.extensions))
        )

    def send_frame(self, frame: Frame) -> None:
        if not self.watcher.lets_out(frame):
            return
        before = len(self.writes)
        super().send_frame(frame)
        self.watcher.frame_written(frame, sum(map(len, self.writes[before:])))

    def fail(self, code: CloseCode | int, reason: str = "") -> None:
        if code != CloseCode.ABNORMAL_CLOSURE:  # which stands for the end of the stream
            self.watcher.take_received()
            reason = self.watcher.failing(int(code), reason)
        super().fail(code, reason)

    def discard(self) -> Generator[None]:
        """Tell the first frames that come after the peer's Close, which is its last by right (RFC 6455, 5.5.1)."""
        if self.close_rcvd is not None:
            with suppress(EOFError, WebSocketException):  # nobody minds what is wrong with them
                for _ in range(LATE_FRAMES):
                    frame = yield from Frame.parse(
                        self.reader.read_exact, mask=False, max_size=LATE_BYTES, extensions=self.extensions
                    )
                    self.watcher.late_parsed(frame, self._take_size())
        yield from super().discard()

    def _take_size(self) -> int:
        """Bytes that were parsed since the last call."""
        before = self.parsed_bytes
        self.parsed_bytes = parsed = self.watcher.fed_bytes - len(self.reader.buffer)
        return parsed - before


def parse_close(frame: Frame) -> tuple[int, str]:
    """Code and reason of a valid Close frame; 1005 stands for one without a code."""
    close = Close.parse(frame.data)
    return int(close.code), close.reason


def _is_valid(close: Frame) -> bool:
    try:
        Close.parse(close.data)
    except (ProtocolError, UnicodeDecodeError):
        return False
    return True
