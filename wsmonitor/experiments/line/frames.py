"""RFC 6455 framing as a client that may break it: bytes of any frame, and a tolerant reader of the server's."""

import os
from dataclasses import dataclass
from typing import Final

CONTINUATION: Final = 0
TEXT: Final = 1
BINARY: Final = 2
CLOSE: Final = 8
PING: Final = 9
PONG: Final = 10
KEPT_BYTES: Final = 4096
"""So much of a frame's payload is kept."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that came: `payload` is its head (whole for control frames), `size` its full length."""

    at_ns: int
    opcode: int
    payload: bytes
    size: int
    fin: bool = True
    rsv: int = 0
    masked: bool = False


def encode(
    opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bool = True, wide_length: bool = False
) -> bytes:
    """One client frame, as legal as it is asked to be; `wide_length` writes a short length in 16 bits."""
    head = _head(opcode, len(payload), fin=fin, rsv=rsv, mask=mask, wide_length=wide_length)
    if not mask:
        return head + payload
    key = os.urandom(4)
    return head + key + masked(payload, key)


def header_only(opcode: int, size: int) -> bytes:
    """The head of a masked frame that announces `size` bytes, and none of them."""
    return _head(opcode, size, fin=True, rsv=0, mask=True, wide_length=False) + bytes(4)


def _head(opcode: int, size: int, *, fin: bool, rsv: int, mask: bool, wide_length: bool) -> bytes:
    first = (fin << 7) | (rsv << 4) | opcode
    bit = 0x80 if mask else 0
    if size < 126 and not wide_length:
        return bytes([first, bit | size])
    if size < 1 << 16:
        return bytes([first, bit | 126]) + size.to_bytes(2, "big")
    return bytes([first, bit | 127]) + size.to_bytes(8, "big")


def close_payload(code: int | None, reason: bytes = b"") -> bytes:
    """The payload of a Close frame; empty for no code. Illegal codes are written as asked."""
    return b"" if code is None else code.to_bytes(2, "big") + reason


def masked(payload: bytes, key: bytes) -> bytes:
    """The payload under the key; the same again takes the mask off."""
    size = len(payload)
    repeated = int.from_bytes((key * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ repeated).to_bytes(size, "big")


class FrameReader:
    """Bytes in any portions -> frames. Memory is bounded: of long payloads only the head is kept."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._open: _Open | None = None

    def feed(self, data: bytes, at_ns: int) -> list[Frame]:
        """The frames that `data` completes."""
        self._buffer += data
        frames: list[Frame] = []
        while True:
            if self._open is None:
                self._open = _open_frame(self._buffer)
                if self._open is None:
                    return frames
            if not self._open.take(self._buffer):
                return frames
            frames.append(self._open.frame(at_ns))
            self._open = None


class _Open:
    """A frame whose payload still comes."""

    def __init__(self, first: int, size: int, key: bytes) -> None:
        self._first = first
        self._size = size
        self._key = key
        self._left = size
        self._kept = bytearray()

    def take(self, buffer: bytearray) -> bool:
        """Take payload from the buffer; true once all is there."""
        portion = min(self._left, len(buffer))
        room = max(0, KEPT_BYTES - len(self._kept))
        self._kept += buffer[: min(room, portion)]
        del buffer[:portion]
        self._left -= portion
        return self._left == 0

    def frame(self, at_ns: int) -> Frame:
        """The frame, complete at `at_ns`."""
        payload = masked(bytes(self._kept), self._key) if self._key else bytes(self._kept)
        first = self._first
        return Frame(at_ns, first & 15, payload, self._size, bool(first & 0x80), (first >> 4) & 7, bool(self._key))


def _open_frame(buffer: bytearray) -> _Open | None:
    """The frame whose head starts the buffer, taken off it; `None` while the head is not complete."""
    if len(buffer) < 2:
        return None
    short = buffer[1] & 0x7F
    extra = {126: 2, 127: 8}.get(short, 0)
    key_size = 4 if buffer[1] & 0x80 else 0
    end = 2 + extra + key_size
    if len(buffer) < end:
        return None
    size = int.from_bytes(buffer[2 : 2 + extra], "big") if extra else short
    opened = _Open(buffer[0], size, bytes(buffer[2 + extra : end]))
    del buffer[:end]
    return opened
