"""Pure: faults on frames. Heads are held until complete, control frames wholly; data streams on.

Only while such a fault is on does anything of ours stand between the two sides' bytes.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from wsmonitor.tap.seen.scanner import CLOSE, PING, PONG

_DATA = (1, 2)


@dataclass(slots=True)
class FrameFaults:
    """What is to happen to frames; all of it can be on at once."""

    drops_pings: bool = False
    drops_pongs: bool = False
    pongs_late_ns: int = 0
    close_code: int | None = None
    message_loss: float = 0.0
    is_mute: bool = False
    """Nothing more passes: a Close of our own was the last word."""
    injections: deque[bytes] = field(default_factory=deque)
    """Frames of our own for the next boundary."""

    @property
    def is_idle(self) -> bool:
        """True where it changes nothing any more."""
        return self == FrameFaults()


class FrameStage:
    """One direction in frame mode (`way.py`'s `Stage`).

    Args:
        chance: draws the messages that are dropped; returns 0 to 1.
        left: payload bytes still to come of the frame in which the fault began; they pass.
        partial: bytes of a head that have passed already.
    """

    def __init__(self, chance: Callable[[], float], *, left: int = 0, partial: bytes = b"") -> None:
        self.faults = FrameFaults()
        self._chance = chance
        self._partial = bytearray(partial)
        self._passed = len(partial)
        self._left = max(0, left)
        self._drops_frame = self._drops_message = False
        self._late: deque[tuple[int, bytes]] = deque()
        self._is_lost = False

    @property
    def may_leave(self) -> bool:
        """True where it changes nothing any more, not even in the message that is on its way."""
        is_dropping = self._drops_message or (self._drops_frame and self._left > 0)
        return self.faults.is_idle and not is_dropping and not self._late

    @property
    def held_bytes(self) -> int:
        """Heads and control frames that are not complete, and pongs that wait."""
        return len(self._partial) - self._passed + sum(len(data) for _, data in self._late)

    @property
    def due_ns(self) -> int | None:
        """When the next late pong may pass; inside a frame it waits for that frame's end, whatever the time."""
        return self._late[0][0] if self._late and self._is_at_boundary else None

    @property
    def _is_at_boundary(self) -> bool:
        return not self._left and not self._passed and not self._partial and not self._is_lost

    def push(self, data: bytes, now_ns: int) -> list[bytes]:
        """`data` came; what passes of it, with what of ours is due at its boundaries."""
        passed = self._due(now_ns)
        while data:
            if self._is_lost:
                passed.append(data)
                break
            if self._left:
                taken = data[: self._left]
                data = data[len(taken) :]
                self._left -= len(taken)
                if not self._drops_frame:
                    passed.append(taken)
            else:
                data = self._head(data, now_ns, passed)
            if self._is_at_boundary:
                passed += self._due(now_ns)
        return _joined(passed)

    def release(self, now_ns: int) -> list[bytes]:
        """Late pongs and injections, where a frame can stand."""
        return self._due(now_ns)

    def lift(self, now_ns: int) -> list[bytes]:
        """The fault is over, and it `may_leave`: all that it holds."""
        held = [bytes(self._partial[self._passed :])] if len(self._partial) > self._passed else []
        self._partial.clear()
        return held

    def _due(self, now_ns: int) -> list[bytes]:
        if not self._is_at_boundary:
            return []
        due: list[bytes] = []
        if self.faults.is_mute:
            self._late.clear()
        while self._late and (self._late[0][0] <= now_ns or not self.faults.pongs_late_ns):
            due.append(self._late.popleft()[1])
        while self.faults.injections:
            due.append(self.faults.injections.popleft())
        return due

    def _head(self, data: bytes, now_ns: int, passed: list[bytes]) -> bytes:
        """Complete a head, or a whole control frame; what is left of `data`."""
        while data:
            need = self._missing()
            if need <= 0:
                break
            self._partial += data[:need]
            data = data[need:]
        if self._missing() > 0:
            return data
        frame, was_passed = bytes(self._partial), self._passed
        self._partial.clear()
        self._passed = 0
        opcode, length = frame[0] & 0x0F, _length(frame)
        if _is_whole_control(frame):
            if was_passed:
                passed.append(frame[was_passed:])
            else:
                self._control(frame, now_ns, passed)
            return data
        if length >= 1 << 63:
            self._is_lost = True
            passed.append(frame[was_passed:])
            return data
        self._left = length
        if opcode in _DATA:
            loss = self.faults.message_loss
            self._drops_message = bool(loss) and not was_passed and self._chance() < loss
        self._drops_frame = (self._drops_message and not opcode & 0x8) or (self.faults.is_mute and not was_passed)
        if not self._drops_frame:
            passed.append(frame[was_passed:])
        if frame[0] & 0x80 and not opcode & 0x8:
            self._drops_message = False  # this was its last frame
        return data

    def _missing(self) -> int:
        """How many bytes the head, or the small control frame, still lacks."""
        have = len(self._partial)
        if have < 2:
            return 2 - have
        size = _head_size(self._partial)
        if have < size:
            return size - have
        if self._partial[0] & 0x8 and self._partial[1] & 0x7F < 126:
            return size + (self._partial[1] & 0x7F) - have
        return 0

    def _control(self, frame: bytes, now_ns: int, passed: list[bytes]) -> None:
        faults, opcode = self.faults, frame[0] & 0x0F
        if faults.is_mute or (opcode == PING and faults.drops_pings) or (opcode == PONG and faults.drops_pongs):
            return
        if opcode == PONG and faults.pongs_late_ns:
            self._late.append((now_ns + faults.pongs_late_ns, frame))
            return
        if opcode == CLOSE and faults.close_code is not None:
            frame = with_code(frame, faults.close_code)
        passed.append(frame)


def with_code(frame: bytes, code: int) -> bytes:
    """A Close frame with another code, its mask and length as they were; one without a code stays."""
    start = _head_size(frame)
    if len(frame) < start + 2:
        return frame
    mask = frame[start - 4 : start] if frame[1] & 0x80 else b"\0\0"
    changed = bytes(byte ^ mask[at] for at, byte in enumerate(code.to_bytes(2, "big")))
    return frame[:start] + changed + frame[start + 2 :]


def _head_size(frame: bytes | bytearray) -> int:
    length = frame[1] & 0x7F
    return 2 + (2 if length == 126 else 8 if length == 127 else 0) + (4 if frame[1] & 0x80 else 0)


def _length(frame: bytes) -> int:
    length = frame[1] & 0x7F
    if length < 126:
        return length
    return int.from_bytes(frame[2:4] if length == 126 else frame[2:10], "big")


def _is_whole_control(frame: bytes) -> bool:
    return bool(frame[0] & 0x8) and frame[1] & 0x7F < 126


def _joined(pieces: list[bytes]) -> list[bytes]:
    """One write for what passes together."""
    return [b"".join(pieces)] if len(pieces) > 1 else pieces
