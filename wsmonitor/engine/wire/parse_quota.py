"""Pure: cuts what a peer sent into portions, so that parsing one of them never takes long.

A read brings up to 256 KiB: one frame, or a hundred thousand pings. How much a byte costs is learned from
the portion before; a portion grows slowly and shrinks at once, because the peer chooses what comes next.

Pongs, and messages of one frame that need no judgement (text or binary, neither masked nor compressed, shorter than
64 KiB), are taken out whole, for a third of what the parser of websockets takes. All else is left to it, in portions
that end with a frame where that can be told, so that the next message is found where it begins.
"""

from websockets.frames import Opcode
from websockets.typing import BytesLike

SMALLEST_BYTES = 512
LARGEST_BYTES = 32 * 1024
"""Even of the most expensive frames so much is parsed in a tenth of a second."""

PORTION_NS = 1_000_000
TURN_NS = 5_000_000
"""After so long it is the turn of others: other connections, timers, pings that are due."""

Received = tuple[Opcode, BytesLike, bool, int]
"""A data frame or pong: its opcode, its data, whether it is final, and what it took on the wire."""

_WHOLE = {0x81: Opcode.TEXT, 0x82: Opcode.BINARY, 0x8A: Opcode.PONG}
_CONTROL = frozenset({0x88, 0x89, 0x8A})
_LONG = frozenset({0x81, 0x82})


class ParseQuota:
    """What was received and waits to be parsed, oldest first."""

    __slots__ = ("_lacking_bytes", "_size_bytes", "_waiting")

    def __init__(self) -> None:
        self._waiting: memoryview | bytes = b""
        self._size_bytes = 4 * 1024
        self._lacking_bytes = 0  # of the frames whose beginning was handed out

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, data: bytes) -> None:
        """Queue what a read brought."""
        self._waiting = memoryview(bytes(self._waiting) + data) if self._waiting else data

    def take_messages(self, limit_bytes: int | None) -> tuple[list[Received], int]:
        """A portion of whole messages and pongs, none above `limit_bytes`, and what they took; a frame begins here."""
        waiting = memoryview(self._waiting)
        found: list[Received] = []
        at, end = 0, len(waiting)
        while at < self._size_bytes:
            begin, after = _data_of(waiting, at)
            if not begin or after > end or (limit_bytes is not None and after - begin > limit_bytes):
                break
            found.append((_WHOLE[waiting[at]], waiting[begin:after], True, after - at))
            at = after
        self._skip(waiting, at)
        return found, at

    def take(self, *, begins: bool) -> memoryview:
        """The next portion, as a view of what was read; `begins` says that a frame does."""
        waiting = memoryview(self._waiting)
        size_bytes = self._size_bytes
        if begins:
            begin, after = _data_of(waiting, 0)
            self._lacking_bytes = after if begin else _end_of_controls(waiting, size_bytes)
        if self._lacking_bytes:
            size_bytes = min(size_bytes, self._lacking_bytes)
        portion = waiting[:size_bytes]
        self._lacking_bytes = max(0, self._lacking_bytes - len(portion))
        self._skip(waiting, len(portion))
        return portion

    def took(self, size_bytes: int, spent_ns: int) -> None:
        """A portion of that size was parsed in `spent_ns`: the next one is to take about `PORTION_NS`."""
        if size_bytes < self._size_bytes and spent_ns <= PORTION_NS:
            return  # too little to learn from
        affordable = size_bytes * PORTION_NS // max(spent_ns, 1)
        self._size_bytes = max(SMALLEST_BYTES, min(affordable, 2 * self._size_bytes, LARGEST_BYTES))

    def _skip(self, waiting: memoryview, size_bytes: int) -> None:
        # Not a view of nothing: it would keep all that was read.
        self._waiting = waiting[size_bytes:] if size_bytes < len(waiting) else b""


def _data_of(waiting: memoryview, at: int) -> tuple[int, int]:
    """Where the data of the message that begins at `at` begins and ends; 0 where that is not for us to say."""
    end = len(waiting)
    if end - at < 2 or waiting[at] not in _WHOLE:
        return 0, 0
    size_bytes = waiting[at + 1]
    if size_bytes < 126:
        return at + 2, at + 2 + size_bytes
    if size_bytes == 126 and end - at > 3 and waiting[at] in _LONG:
        return at + 4, at + 4 + (waiting[at + 2] << 8 | waiting[at + 3])
    return 0, 0


def _end_of_controls(waiting: memoryview, limit_bytes: int) -> int:
    """Where the control frames end with which it begins; one by one each of them would be answered by a write."""
    at = 0
    while at < limit_bytes and len(waiting) - at > 1 and waiting[at] in _CONTROL and waiting[at + 1] < 126:
        at += 2 + waiting[at + 1]
    return at
