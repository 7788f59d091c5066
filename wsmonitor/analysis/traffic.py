"""Messages of one connection slot: how many each second in each direction, and what waits."""

import math

from wsmonitor.analysis.history import RatesView
from wsmonitor.analysis.levels import Series, SeriesView
from wsmonitor.events import OutboxChanged


class Rates:
    """Messages in one direction: a total, and a series of whole seconds aligned to absolute time."""

    def __init__(self) -> None:
        self.total = 0
        self._series = Series()
        self._second = -math.inf
        self._count = 0
        self._view: RatesView | None = None

    def count(self, at_s: float) -> None:
        """A message passed."""
        self.total += 1
        second = at_s // 1.0
        if second > self._second:
            if self._count:
                self._series.append(self._second, self._count)
            self._second, self._count = second, 0
        self._count += 1
        self._view = None

    def view(self) -> RatesView:
        """What there is now."""
        if self._view is None:
            self._view = RatesView(self._series.view(), self._second, self._count)
        return self._view


class Buffer:
    """The outbox as the probe reports it."""

    def __init__(self) -> None:
        self.depth = 0
        self.bytes = 0
        self.dropped = 0
        self.peak = 0
        self._series = Series()

    def change(self, event: OutboxChanged, at_s: float) -> bool:
        """Take over a report; true if messages were dropped since the last one."""
        has_dropped = event.dropped > self.dropped
        self.depth, self.bytes, self.dropped = event.depth, event.bytes, event.dropped
        self.peak = max(self.peak, event.depth)
        self._series.append(at_s, float(event.depth))
        return has_dropped

    def begin(self, at_s: float) -> None:
        """The probe speaks of the connection: what waits is known from here on, 0 until it says more."""
        if self._series.is_broken:
            self._series.append(at_s, float(self.depth))

    def interrupt(self, at_s: float) -> None:
        """Nothing is known from here on; what waited went with the probe."""
        self.depth = self.bytes = self.dropped = 0
        self._series.interrupt(at_s)

    def reset_statistics(self) -> None:
        """Count from zero; the series stays."""
        self.peak = self.depth

    def view(self) -> SeriesView:
        """The depth over time, a sample for each change."""
        return self._series.view()
