"""RFC 6455 framing as a server sees it: bytes from frames, frames from bytes, no I/O.

`encode` writes whatever it is told, illegal frames included. `FrameParser` is strict.
"""

import enum
from dataclasses import dataclass
from typing import Final

MAX_PAYLOAD_BYTES: Final = 64 * 1024 * 1024


class Opcode(enum.IntEnum):
    """Frame types of RFC 6455, section 5.2."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


@dataclass(frozen=True)
class Frame:
    """One frame with its payload unmasked."""

    opcode: Opcode
    payload: bytes
    fin: bool = True


class ViolationError(Exception):
    """The client broke the protocol; `code` is the close code that says so (RFC 6455, 7.4.1)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


def encode(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bytes = b"") -> bytes:
    """The bytes of one frame; `rsv` holds the three reserved bits (4 is RSV1), `mask` four bytes or none."""
    head = bytearray([(fin << 7) | (rsv << 4) | opcode])
    mask_bit = 0x80 if mask else 0
    size = len(payload)
    if size < 126:
        head.append(mask_bit | size)
    elif size < 65536:
        head.append(mask_bit | 126)
        head += size.to_bytes(2, "big")
    else:
        head.append(mask_bit | 127)
        head += size.to_bytes(8, "big")
    return bytes(head) + mask + (_masked(payload, mask) if mask else payload)


def close_payload(code: int | None, reason: str = "") -> bytes:
    """The payload of a Close frame; empty for no code. Illegal codes are written as asked."""
    return b"" if code is None else code.to_bytes(2, "big") + reason.encode()[:123]


class FrameParser:
    """Turns the bytes of a client into frames; raises `ViolationError` at the first illegal one."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Adds bytes as they arrive, in any portions."""
        self._buffer += data

    def next_frame(self) -> Frame | None:
        """The next complete frame, or `None` until more bytes arrive."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        opcode, fin = _checked_first_byte(buffer[0])
        size, start = _payload_size(buffer)
        if opcode >= Opcode.CLOSE and (not fin or buffer[1] & 0x7F > 125):
            raise ViolationError(1002, "control frame fragmented or longer than 125 bytes")
        if not buffer[1] & 0x80:
            raise ViolationError(1002, "client frame without mask")
        if size is None or len(buffer) < start + 4 + size:
            return None
        mask = bytes(buffer[start : start + 4])
        payload = _masked(bytes(buffer[start + 4 : start + 4 + size]), mask)
        del buffer[: start + 4 + size]
        return Frame(opcode, payload, fin)


def _checked_first_byte(byte: int) -> tuple[Opcode, bool]:
    if byte & 0x70:
        raise ViolationError(1002, "reserved bits set without an extension")
    try:
        return Opcode(byte & 0x0F), bool(byte & 0x80)
    except ValueError:
        raise ViolationError(1002, f"unknown opcode {byte & 0x0F}") from None


def _payload_size(buffer: bytearray) -> tuple[int | None, int]:
    """Payload size (`None` while unknown) and the offset at which the mask starts."""
    short = buffer[1] & 0x7F
    extra = {126: 2, 127: 8}.get(short, 0)
    if not extra:
        return short, 2
    if len(buffer) < 2 + extra:
        return None, 2 + extra
    size = int.from_bytes(buffer[2 : 2 + extra], "big")
    if size > MAX_PAYLOAD_BYTES:
        raise ViolationError(1009, f"frame of {size} bytes; the limit is {MAX_PAYLOAD_BYTES}")
    return size, 2 + extra


def _masked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    repeated = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ repeated).to_bytes(size, "big")
