"""Pure: permessage-deflate (RFC 7692) undone for display: sizes and heads of messages, nothing kept beyond them.

With context takeover every compressed byte must go through, shown or not, or the window is lost. Output is made
in pieces and thrown away beyond the head that is kept.
"""

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass

PIECE_BYTES = 64 * 1024
ROOM_BYTES = 256 * 1024 * 1024
ROOM_A_SECOND = 64 * 1024 * 1024
"""So much comes out in one go, and so much more with every second: a kilobyte can become a megabyte, and while we make
it nothing passes (half a second for the whole room)."""
LOOK_EACH_BYTES = 1024 * 1024
BROKEN = "a compressed message cannot be decompressed (RFC 7692, 7.2.2)"
TOO_MUCH = "its compressed messages grow beyond what the tap can look at without holding others up"
_TAIL = b"\x00\x00\xff\xff"


@dataclass(frozen=True, slots=True)
class Extensions:
    """What the server's answer agreed to. `is_known` is false where an extension is none that we know."""

    deflates: bool = False
    client_keeps_context: bool = True
    server_keeps_context: bool = True
    is_known: bool = True


def parse_extensions(values: list[str]) -> Extensions:
    """The answer's Sec-WebSocket-Extensions."""
    deflates, known = False, True
    client_keeps = server_keeps = True
    for offer in ",".join(values).split(","):
        name, *parameters = [part.strip().lower() for part in offer.split(";")]
        if not name:
            continue
        if name != "permessage-deflate":
            known = False
            continue
        deflates = True
        client_keeps = "client_no_context_takeover" not in parameters
        server_keeps = "server_no_context_takeover" not in parameters
    return Extensions(deflates, client_keeps, server_keeps, known)


class Inflater:
    """One direction's decompression. Once it has `given_up` it says nothing more."""

    __slots__ = (
        *("_capture_bytes", "_head", "_looked_ns", "_now_ns", "_room", "_stream", "_unlooked"),
        *("given_up", "keeps_context", "size_bytes"),
    )

    def __init__(
        self, *, keeps_context: bool, capture_bytes: int, now_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._now_ns = now_ns
        self._looked_ns = now_ns()
        self._room, self._unlooked = ROOM_BYTES, 0
        self.keeps_context = keeps_context
        self._capture_bytes = capture_bytes
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        self._head = bytearray()
        self.size_bytes = 0
        """What the message came to so far."""
        self.given_up = ""
        """Why; empty while all is well."""

    def feed(self, data: bytes) -> None:
        """More of a compressed message."""
        while data and not self.given_up:
            try:
                piece = self._stream.decompress(data, PIECE_BYTES)
            except zlib.error:
                self.given_up = BROKEN
                return
            self.size_bytes += len(piece)
            self._unlooked += len(piece)
            if self._unlooked > LOOK_EACH_BYTES:
                self._look_at_room()
            room = self._capture_bytes - len(self._head)
            if room > 0:
                self._head += piece[:room]
            data = self._stream.unconsumed_tail
            if self._stream.eof:  # a final block, which RFC 7692 (7.2.3.4) allows: the next one begins anew
                data = self._stream.unused_data
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)

    def end(self) -> tuple[int, bytes]:
        """The message is complete: its size and its head."""
        self.feed(_TAIL)
        told = (self.size_bytes, bytes(self._head))
        self.size_bytes = 0
        self._head.clear()
        if not self.keeps_context:
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return told

    def _look_at_room(self) -> None:
        now_ns = self._now_ns()
        grown = (now_ns - self._looked_ns) * ROOM_A_SECOND // 1_000_000_000
        self._room = min(ROOM_BYTES, self._room + grown) - self._unlooked
        self._looked_ns, self._unlooked = now_ns, 0
        if self._room < 0:
            self.given_up = TOO_MUCH
