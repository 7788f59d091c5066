"""Messages of one connection slot: how many each second in each direction, and what waits."""

import math

from wsmonitor.analysis.series.history import RatesView
from wsmonitor.analysis.series.levels import Series, SeriesView
from wsmonitor.facts.event import Direction
from wsmonitor.facts.events import OutboxChanged

_OPEN_S = 3.0
"""So many of the newest seconds still take messages: word of some comes after later ones."""
_LONGEST_S = 3600.0


class Rates:
    """Messages in one direction: a total, and a series of whole seconds aligned to absolute time."""

    def __init__(self) -> None:
        self.total = 0
        self._series = Series()
        self._open: dict[float, int] = {}
        self._newest_s = -math.inf
        self._view: RatesView | None = None

    def count(self, at_s: float, messages: int = 1) -> None:
        """So many messages passed then. What is too late for its second counts in the oldest that is open."""
        self.total += messages
        second_s = at_s // 1.0
        if second_s > self._newest_s:
            self._newest_s = second_s
            self._close(second_s - _OPEN_S)
        else:
            second_s = max(second_s, self._newest_s - _OPEN_S + 1.0)
        self._open[second_s] = self._open.get(second_s, 0) + messages
        self._view = None

    def spread(self, first_s: float, last_s: float, messages: int) -> None:
        """So many messages passed in that stretch, nobody knows when exactly: in each second a fair share.

        A stretch of more than an hour counts as its last hour.
        """
        first_s = max(first_s, last_s - _LONGEST_S)
        told = 0
        boundary_s = first_s // 1.0 + 1.0
        while boundary_s <= last_s and told < messages:
            until = round(messages * (boundary_s - first_s) / (last_s - first_s))
            if until > told:
                self.count(boundary_s - 1.0, until - told)
                told = until
            boundary_s += 1.0
        if told < messages:
            self.count(last_s, messages - told)

    def view(self) -> RatesView:
        """What there is now."""
        if self._view is None:
            self._view = RatesView(self._series.view(), tuple(sorted(self._open.items())))
        return self._view

    def _close(self, until_s: float) -> None:
        for second_s in sorted(second_s for second_s in self._open if second_s <= until_s):
            self._series.append(second_s, self._open.pop(second_s))


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


class Waiting:
    """Bytes that wait in a tap for each side to take them; `tx` waits for the server."""

    def __init__(self) -> None:
        self._bytes: dict[Direction, int] = {}
        self._series: dict[Direction, Series] = {"tx": Series(), "rx": Series()}

    @property
    def bytes(self) -> int:
        """In both directions."""
        return sum(self._bytes.values())

    def begin(self, at_s: float) -> None:
        """A client came: nothing waits until the probe says more."""
        for direction in self._series:
            self.change(direction, 0, at_s)

    def change(self, direction: Direction, waiting_bytes: int, at_s: float) -> None:
        """So much waits from then on."""
        self._bytes[direction] = waiting_bytes
        self._series[direction].append(at_s, float(waiting_bytes))

    def interrupt(self, at_s: float) -> None:
        """Nothing is there from here on, and what waited is gone."""
        self._bytes.clear()
        for series in self._series.values():
            series.interrupt(at_s)

    def view(self) -> dict[Direction, SeriesView]:
        """Bytes over time, a sample for each change."""
        return {direction: series.view() for direction, series in self._series.items()}
