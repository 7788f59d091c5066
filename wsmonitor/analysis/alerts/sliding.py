"""Samples of the newest stretch of time, counted in slices: bounded, however many there are."""

from collections import deque

_SLICES = 60
"""A time is counted in so many slices: it is as long as was asked for, to a sixtieth."""


class Tally:
    """Samples of a stretch of time: `hits` of `total`, `ours` of the hits with our own lag in them, the longest hit."""

    __slots__ = ("hits", "longest_ns", "ours", "total")

    def __init__(self) -> None:
        self.hits = self.total = self.ours = self.longest_ns = 0


class Sliding:
    """Counts samples of the newest stretch of time, slice by slice."""

    def __init__(self, within_ns: int) -> None:
        self._slice_ns = max(1, within_ns // _SLICES)
        self._slices: deque[tuple[int, Tally]] = deque()
        self._whole = Tally()

    def add(self, at_ns: int, is_hit: bool, value_ns: int, *, is_ours: bool = False) -> None:
        """Count a sample; of hits the longest `value_ns` is kept, and whether our own lag was in it."""
        number = at_ns // self._slice_ns
        if not self._slices or self._slices[-1][0] < number:
            self._slices.append((number, Tally()))
            self._forget(number)
        for tally in (self._slices[-1][1], self._whole):
            tally.total += 1
            tally.hits += is_hit
            tally.ours += is_ours
        if is_hit:
            newest = self._slices[-1][1]
            newest.longest_ns = max(newest.longest_ns, value_ns)

    def tally(self, now_ns: int) -> Tally:
        """What is in the stretch that ends now; good until the next call."""
        self._forget(now_ns // self._slice_ns)
        return self._whole

    def longest_ns(self) -> int:
        """The longest of the hits."""
        return max((part.longest_ns for _, part in self._slices), default=0)

    def _forget(self, number: int) -> None:
        while self._slices and self._slices[0][0] < number - _SLICES:
            _, gone = self._slices.popleft()
            self._whole.total -= gone.total
            self._whole.hits -= gone.hits
            self._whole.ours -= gone.ours
