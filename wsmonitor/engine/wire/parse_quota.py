"""Pure: cuts what a peer sent into portions, so that parsing one of them never takes long.

A read brings up to 256 KiB: one frame, or a hundred thousand pings. How much a byte costs is learned from
the portion before; a portion grows slowly and shrinks at once, because the peer chooses what comes next.
"""

SMALLEST_BYTES = 512
LARGEST_BYTES = 32 * 1024
"""Even of the most expensive frames so much is parsed in a tenth of a second."""

PORTION_NS = 1_000_000
TURN_NS = 5_000_000
"""After so long it is the turn of others: other connections, timers, pings that are due."""


class ParseQuota:
    """What was received and waits to be parsed, oldest first."""

    __slots__ = ("_size_bytes", "_waiting")

    def __init__(self) -> None:
        self._waiting: memoryview | bytes = b""
        self._size_bytes = 4 * 1024

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, data: bytes) -> None:
        """Queue what a read brought."""
        self._waiting = memoryview(bytes(self._waiting) + data) if self._waiting else data

    def take(self) -> memoryview:
        """The next portion, as a view of what was read."""
        waiting = memoryview(self._waiting)
        if len(waiting) <= self._size_bytes:
            self._waiting = b""  # not a view of nothing: it would keep all that was read
            return waiting
        self._waiting = waiting[self._size_bytes :]
        return waiting[: self._size_bytes]

    def took(self, size_bytes: int, spent_ns: int) -> None:
        """A portion of that size was parsed in `spent_ns`: the next one is to take about `PORTION_NS`."""
        if size_bytes < self._size_bytes and spent_ns <= PORTION_NS:
            return  # too little to learn from
        affordable = size_bytes * PORTION_NS // max(spent_ns, 1)
        self._size_bytes = max(SMALLEST_BYTES, min(affordable, 2 * self._size_bytes, LARGEST_BYTES))
