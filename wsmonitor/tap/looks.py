"""Looking at what passed waits until bytes have gone on: an answer may be here before a look is over."""

from collections import deque
from collections.abc import Callable

from wsmonitor.engine.clocks.clock import Clock, Timer
from wsmonitor.tap.sockets.leg import LEAST_READ_BYTES

LATER_NS = 10_000_000
"""Looked at is at most so much later: long after an answer on this machine, long before anybody asks."""
MOST = 16
"""So many looks take as long as one small message on its way."""

Look = Callable[[bytes, int, int], None]
"""Bytes, when they were read, and when they were written."""


class Looks:
    """Those of one tap, of all its clients, in the order in which bytes passed.

    Args:
        dwell: is told how long bytes stayed here that the kernel took at once.
    """

    __slots__ = ("_clock", "_dwell", "_is_looking", "_timer", "_waiting")

    def __init__(self, clock: Clock, dwell: Callable[[int], None]) -> None:
        self._clock = clock
        self._dwell = dwell
        self._waiting: deque[tuple[Look, bytes, int, int, bool]] = deque()
        self._timer: Timer | None = None
        self._is_looking = False

    def add(self, look: Look, data: bytes, read_ns: int, written_ns: int, *, is_taken: bool) -> None:
        """Have `data` looked at soon, and at once where it is much or much waits."""
        self._waiting.append((look, data, read_ns, written_ns, is_taken))
        if len(self._waiting) >= MOST or len(data) >= LEAST_READ_BYTES:
            self.settle()
        elif self._timer is None:
            self._timer = self._clock.call_at(written_ns + LATER_NS, self._due)

    def settle(self) -> None:
        """Look at all that passed: whatever is told or decided now is to rest on it."""
        if self._is_looking:
            return
        self._is_looking = True
        try:
            while self._waiting:
                look, data, read_ns, written_ns, is_taken = self._waiting.popleft()
                if is_taken:
                    self._dwell(written_ns - read_ns)
                look(data, read_ns, written_ns)
        finally:
            self._is_looking = False

    def _due(self) -> None:
        self._timer = None
        self.settle()
