"""Frames as a strange server reads and writes them. Pure."""

import struct
from dataclasses import dataclass

from tests.experiments.strange.habits import Habits

CONTROL, CLOSE, PING, PONG = 8, 8, 9, 10
KNOWN = (0, 1, 2, CLOSE, PING, PONG)
LARGE = 1 << 17
"""Payloads of data as large as this are left under their mask: nobody looks at them."""


@dataclass(frozen=True)
class Head:
    """The head of a frame, and how many bytes it has itself."""

    opcode: int
    fin: bool
    rsv: int
    is_masked: bool
    size: int
    length: int


def head_of(data: bytearray) -> Head | None:
    """The head that begins `data`; None while it is not whole."""
    if len(data) < 2:
        return None
    size, length = data[1] & 0x7F, 2
    if size > 125:
        width = 2 if size == 126 else 8
        size, length = int.from_bytes(data[2 : 2 + width], "big"), 2 + width
    return Head(data[0] & 15, bool(data[0] & 0x80), data[0] & 0x70, bool(data[1] & 0x80), size, length)


def payload_of(data: bytearray, head: Head) -> bytes | None:
    """The payload, taken off `data` with its head; None while it is not whole."""
    begin = head.length + 4 * head.is_masked
    end = begin + head.size
    if len(data) < end:
        return None
    key = bytes(data[head.length : begin]) or bytes(4)
    raw = bytes(data[begin:end])
    del data[:end]
    if head.size >= LARGE and head.opcode < CONTROL:
        return raw
    mask = int.from_bytes((key * (head.size // 4 + 1))[: head.size], "big")
    return (int.from_bytes(raw, "big") ^ mask).to_bytes(head.size, "big")


def is_wrong(head: Head, habits: Habits, *, in_message: bool) -> bool:
    """Whether the server minds this head."""
    wrong = {
        "unmasked": not head.is_masked,
        "rsv": bool(head.rsv),
        "opcode": head.opcode not in KNOWN,
        "long ping": head.opcode >= CONTROL and head.size > 125,
        "fragmented ping": head.opcode >= CONTROL and not head.fin,
        "orphan": head.opcode == 0 and not in_message,
        "interleaved": head.opcode in (1, 2) and in_message,
    }
    return any(is_so and name not in habits.accepts for name, is_so in wrong.items())


def encode(opcode: int, payload: bytes, *, masks: bool) -> bytes:
    """A whole frame; under a mask of zeros where the server masks."""
    size, bit = len(payload), 0x80 if masks else 0
    length = bytes([bit | size]) if size < 126 else bytes([bit | 126]) + struct.pack("!H", size)
    return bytes([0x80 | opcode]) + length + (bytes(4) if masks else b"") + payload


def is_utf8(data: bytes) -> bool:
    """Whether a text may hold it."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
