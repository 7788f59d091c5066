"""Frames byte by byte: what no library would send is what a scanner must bear."""

import zlib

TEXT, BINARY, CLOSE, PING, PONG, CONT = 1, 2, 8, 9, 10, 0


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    masked: bool = False,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes = b"\x37\xfa\x21\x3d",
) -> bytes:
    """One frame (RFC 6455, 5.2)."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    length = len(payload)
    bit = 0x80 if masked else 0
    if length < 126:
        head = bytes([first, bit | length])
    elif length < 65536:
        head = bytes([first, bit | 126]) + length.to_bytes(2, "big")
    else:
        head = bytes([first, bit | 127]) + length.to_bytes(8, "big")
    if not masked:
        return head + payload
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def close(code: int, reason: str = "", *, masked: bool = False) -> bytes:
    """A Close frame with a code."""
    return frame(CLOSE, code.to_bytes(2, "big") + reason.encode(), masked=masked)


class Deflater:
    """permessage-deflate as a sender does it."""

    def __init__(self, *, keeps_context: bool = True) -> None:
        self._keeps_context = keeps_context
        self._stream = zlib.compressobj(wbits=-15)

    def __call__(self, payload: bytes) -> bytes:
        data = self._stream.compress(payload) + self._stream.flush(zlib.Z_SYNC_FLUSH)
        if not self._keeps_context:
            self._stream = zlib.compressobj(wbits=-15)
        return data[:-4]
