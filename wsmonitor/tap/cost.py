"""Pure: how long bytes stay in the tap, so that nobody takes our delay for the network's."""

from collections.abc import Iterable

KEPT = 4096
"""Of more reads in a second only so many, evenly chosen, count for the percentiles."""


class Dwell:
    """The reads of one second."""

    __slots__ = ("_every", "_samples", "chunks", "max_ns")

    def __init__(self) -> None:
        self._samples: list[int] = []
        self._every = 1
        self.chunks = 0
        self.max_ns = 0

    def add(self, dwell_ns: int) -> None:
        """Bytes were here for so long."""
        self.chunks += 1
        self.max_ns = max(self.max_ns, dwell_ns)
        if self.chunks % self._every:
            return
        self._samples.append(dwell_ns)
        if len(self._samples) >= KEPT:
            del self._samples[::2]
            self._every *= 2

    def percentiles(self, wanted: Iterable[float]) -> list[int]:
        """The asked percentiles, 0 to 100; at least one read was added."""
        ordered = sorted(self._samples) or [self.max_ns]
        return [ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] for percent in wanted]
