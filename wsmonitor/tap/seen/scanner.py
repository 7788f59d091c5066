"""Pure: a tolerant look at a stream of WebSocket frames: heads are read, payloads skipped but for what is shown.

It never raises and never stops the stream: what breaks RFC 6455 is told, and scanning goes on by length. Only a
length that cannot be (5.2: its first bit is 0) leaves no way on; then it is blind and says at which byte.
"""

from dataclasses import dataclass
from typing import Literal

from msgspec import Struct
from websockets.exceptions import ProtocolError
from websockets.frames import Close

try:  # the library's C version, as it does itself
    from websockets.speedups import apply_mask
except ImportError:  # pragma: no cover  # a platform without a wheel
    from websockets.utils import apply_mask

from wsmonitor.tap.seen.inflater import Inflater

CONTROL_BYTES = 125
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_KNOWN = frozenset({0, TEXT, BINARY, CLOSE, PING, PONG})
_WHOLE = {0x81: TEXT, 0x82: BINARY}
_IMPOSSIBLE = 1 << 63
VIOLATIONS_TOLD = 16
"""More are not told of one direction: a hostile peer could send nothing else."""


class MessageSeen(Struct, frozen=True, gc=False):
    """A data message ended. Where it could not be decompressed, `size_bytes` is what it took on the wire."""

    opcode: int
    size_bytes: int
    wire_bytes: int
    fragments: int
    payload: bytes
    end_offset: int


class ControlSeen(Struct, frozen=True, gc=False):
    """A control frame ended; `end_offset` counts the stream's bytes up to its end."""

    opcode: int
    payload: bytes
    end_offset: int


@dataclass(frozen=True, slots=True)
class Violated:
    """The sender broke RFC 6455; `rule` is a sentence, `offset` the frame's first byte."""

    rule: str
    offset: int


@dataclass(frozen=True, slots=True)
class WentBlind:
    """From `offset` on frames cannot be understood, or not what compressed ones hold."""

    reason: str
    offset: int


Seen = MessageSeen | ControlSeen | Violated | WentBlind


class Scanner:
    """One direction of one connection, from the first byte after the handshake.

    Args:
        sender: who sends these frames; clients mask, servers do not (RFC 6455, 5.1).
        capture_bytes: so much of each message's head is copied.
        inflater: undoes compression where it was agreed.
        knows_extensions: false where RSV bits may mean something that we do not know.
    """

    __slots__ = (
        *("_capture_bytes", "_captured", "_fin", "_fragments", "_inflater", "_is_blind", "_is_compressed"),
        *("_key_bytes", "_knows_extensions", "_left", "_mask", "_opcode", "_partial", "_position", "_sender", "_size"),
        *("_control", "_has_told_end", "_wire", "_message_opcode", "_told", "offset"),
    )

    def __init__(
        self,
        sender: Literal["client", "server"],
        *,
        capture_bytes: int,
        inflater: Inflater | None = None,
        knows_extensions: bool = True,
    ) -> None:
        self._sender = sender
        self._key_bytes = 4 if sender == "client" else 0
        self._capture_bytes = capture_bytes
        self._inflater = inflater
        self._knows_extensions = knows_extensions
        self._partial = b""
        self._left = -1  # payload bytes to come; -1 between frames
        self._opcode = 0
        self._fin = True
        self._mask = b""
        self._position = 0
        self._captured = bytearray()
        self._control = bytearray()
        self._message_opcode = 0  # 0 between messages
        self._is_compressed = False
        self._size = self._wire = self._fragments = 0
        self._told = 0
        self._is_blind = self._has_told_end = False
        self.offset = 0
        """Bytes seen so far."""

    @property
    def unfinished(self) -> tuple[int, bytes]:
        """Where in a frame the stream is: payload bytes still to come, and the bytes of a head that is not complete."""
        return max(0, self._left), self._partial

    @property
    def keeps_context(self) -> bool:
        """True where losing a compressed message would corrupt the later ones."""
        return self._inflater is not None and self._inflater.keeps_context

    @property
    def is_blind(self) -> bool:
        """True once nothing more is understood."""
        return self._is_blind

    def feed(self, data: bytes) -> list[Seen]:
        """What `data`, the next bytes of the stream, completed."""
        start = self.offset - len(self._partial)
        self.offset += len(data)
        if self._is_blind:
            return []
        if self._partial:
            data = self._partial + data
            self._partial = b""
        seen: list[Seen] = []
        at, end = 0, len(data)
        while at < end or self._left == 0:
            if self._left < 0:
                if not self._message_opcode and (taken := self._take_short(data, at, start + at, seen)):
                    at += taken
                    continue
                taken = self._read_head(data, at, start + at, seen)
                if taken == 0:
                    break
                at += taken
            if self._left > 0:
                count = min(self._left, end - at)
                if count == 0:
                    break
                self._take(data, at, count)
                self._left -= count
                at += count
            if self._left == 0:
                self._left = -1
                self._end_frame(start + at, seen)
        return seen

    def _take_short(self, data: bytes, at: int, offset: int, seen: list[Seen]) -> int:
        """Take a whole short message in one go, as most are: three times as fast; its size, 0 where it is none."""
        key_bytes = self._key_bytes
        begin = at + 2 + key_bytes
        if begin >= len(data) or not (opcode := _WHOLE.get(data[at], 0)):
            return 0
        size = data[at + 1] - (0x80 if key_bytes else 0)  # out of bounds where it is masked and must not, or must
        end = begin + size
        if not 0 < size <= min(CONTROL_BYTES, self._capture_bytes) or end > len(data):
            return 0
        payload = apply_mask(data[begin:end], data[at + 2 : begin]) if key_bytes else data[begin:end]
        if opcode == TEXT and not payload.isascii():
            return 0
        seen.append(MessageSeen(opcode, size, end - at, 1, payload, offset + end - at))
        return end - at

    def _read_head(self, data: bytes, at: int, offset: int, seen: list[Seen]) -> int:
        """Read a frame's head; how long it is, 0 if it is not all there or the last one that is understood."""
        available = len(data) - at
        if available < 2:
            self._partial = data[at:]
            return 0
        first, second = data[at], data[at + 1]
        length = second & 0x7F
        size = 2 + (2 if length == 126 else 8 if length == 127 else 0) + (4 if second & 0x80 else 0)
        if available < size:
            self._partial = data[at:]
            return 0
        position = at + 2
        shortest = True
        if length == 126:
            length = int.from_bytes(data[position : position + 2], "big")
            shortest, position = length > 125, position + 2
        elif length == 127:
            length = int.from_bytes(data[position : position + 8], "big")
            shortest, position = length > 0xFFFF, position + 8
        if length >= _IMPOSSIBLE:
            self._is_blind = True
            seen.append(WentBlind("a frame's length has its first bit set", offset))
            return 0
        self._mask = data[position : position + 4] if second & 0x80 else b""
        self._opcode, self._fin = first & 0x0F, bool(first & 0x80)
        self._left, self._position = length, 0
        if self._told < VIOLATIONS_TOLD and (rule := self._mistake(first, length, shortest=shortest)):
            self._told += 1
            seen.append(Violated(rule, offset))
        self._begin_frame(first, size + length)
        return size

    def _mistake(self, first: int, length: int, *, shortest: bool) -> str:
        opcode, reserved = first & 0x0F, first & 0x70
        if reserved and self._knows_extensions:
            allowed = 0x40 if self._inflater is not None and opcode in (TEXT, BINARY) else 0
            if reserved & ~allowed:
                return "a reserved bit is set that no extension gives a meaning (RFC 6455, 5.2)"
        if opcode not in _KNOWN:
            return f"opcode {opcode} is reserved (RFC 6455, 5.2)"
        if bool(self._mask) is not (self._sender == "client"):
            must = "must mask" if self._sender == "client" else "must not mask"
            return f"a {self._sender} {must} its frames (RFC 6455, 5.1)"
        if opcode & 0x8:
            if length > CONTROL_BYTES:
                return f"a control frame carries at most 125 bytes, not {length} (RFC 6455, 5.5)"
            if not first & 0x80:
                return "a control frame is not fragmented (RFC 6455, 5.5)"
        elif opcode == 0 and not self._message_opcode:
            return "a continuation without a message that it continues (RFC 6455, 5.4)"
        elif opcode != 0 and self._message_opcode:
            return "a new message begins before the last one ended (RFC 6455, 5.4)"
        return "" if shortest else "a length is not written in the shortest way (RFC 6455, 5.2)"

    def _begin_frame(self, first: int, wire_bytes: int) -> None:
        if self._opcode & 0x8 or self._opcode not in _KNOWN:
            self._control.clear()
            return
        if self._opcode or not self._message_opcode:
            self._message_opcode = self._opcode or BINARY
            self._is_compressed = bool(first & 0x40) and self._inflater is not None
            self._captured.clear()
            self._size = self._wire = self._fragments = 0
        self._wire += wire_bytes
        self._fragments += 1

    def _take(self, data: bytes, at: int, count: int) -> None:
        """Look at the next `count` bytes of a payload."""
        opcode = self._opcode
        if opcode & 0x8 or opcode not in _KNOWN:
            room = CONTROL_BYTES - len(self._control)
            if room > 0:
                self._control += self._unmasked(data[at : at + min(count, room)])
        elif self._is_compressed:
            assert self._inflater is not None
            if not self._inflater.given_up:
                self._inflater.feed(self._unmasked(data[at : at + count]))
        else:
            self._size += count
            room = self._capture_bytes - len(self._captured)
            if room > 0:
                self._captured += self._unmasked(data[at : at + min(count, room)])
        self._position += count

    def _unmasked(self, data: bytes) -> bytes:
        if not self._mask:
            return data
        turn = self._position & 3
        return apply_mask(data, self._mask[turn:] + self._mask[:turn])

    def _end_frame(self, end_offset: int, seen: list[Seen]) -> None:
        opcode = self._opcode
        if opcode & 0x8 or opcode not in _KNOWN:
            payload = bytes(self._control)
            if opcode == CLOSE and self._told < VIOLATIONS_TOLD and (rule := close_mistake(payload)):
                self._told += 1
                seen.append(Violated(rule, end_offset))
            if opcode in _KNOWN:
                seen.append(ControlSeen(opcode, payload, end_offset))
            return
        if not self._fin:
            return
        size, payload = self._size, b""
        if self._is_compressed:
            assert self._inflater is not None
            size, payload = self._inflater.end()
            if self._inflater.given_up:
                size, payload = self._wire, b""
                if not self._has_told_end:
                    self._has_told_end = True
                    seen.append(WentBlind(self._inflater.given_up, end_offset))
        elif self._captured:
            payload = bytes(self._captured)
        opcode, self._message_opcode = self._message_opcode, 0
        if opcode == TEXT and len(payload) == size and not _is_text(payload) and self._told < VIOLATIONS_TOLD:
            self._told += 1
            seen.append(Violated("a text message is not UTF-8 (RFC 6455, 8.1)", end_offset))
        seen.append(MessageSeen(opcode, size, self._wire, self._fragments, payload, end_offset))


def close_mistake(payload: bytes) -> str:
    """What is wrong with a Close frame's payload; empty if nothing is."""
    try:
        close = Close.parse(payload)
        if payload:
            close.check()
    except (ProtocolError, UnicodeDecodeError) as error:
        return f"a Close frame's payload is not valid: {error} (RFC 6455, 5.5.1)"
    return ""


def close_of(payload: bytes) -> tuple[int, str]:
    """Code and reason as they were sent, valid or not; 1005 stands for a frame without a code."""
    if len(payload) < 2:
        return 1005, ""
    return int.from_bytes(payload[:2], "big"), payload[2:].decode("utf-8", "replace")


def _is_text(payload: bytes) -> bool:
    if payload.isascii():
        return True
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
