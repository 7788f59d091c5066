"""The heartbeats of one connection slot, of every kind: series, statistics, and how they are now."""

import math
from collections import deque
from collections.abc import Mapping
from typing import get_args

from wsmonitor.analysis.series.levels import Series, SeriesView
from wsmonitor.analysis.series.percentiles import RoundTripStatistics
from wsmonitor.facts.events import HeartbeatKind, HeartbeatMissed, RttSample, TcpSample

KINDS: tuple[HeartbeatKind, ...] = get_args(HeartbeatKind)
_SPEAKING: tuple[HeartbeatKind, ...] = ("ws", "app")
_SPARKLINE = 60
SPOILED_SHARE = 0.2
"""A round trip of which our own lag is more than this says little about the other side."""


class Beats:
    """Folds round trips and misses; the series are in milliseconds."""

    def __init__(self) -> None:
        self.statistics = {kind: RoundTripStatistics() for kind in KINDS}
        self.missed = Series()
        self.spoiled = Series()
        """Our own lag, where it was a large part of a round trip."""
        self._series = {kind: Series() for kind in KINDS}
        self._last_ns: dict[HeartbeatKind, int] = {}
        self._in_a_row: dict[HeartbeatKind, int] = {}
        self._sparkline: deque[float] = deque(maxlen=_SPARKLINE)

    def answer(self, event: RttSample, at_s: float) -> None:
        """A heartbeat was answered."""
        kind, milliseconds = event.kind, event.round_trip_ns / 1e6
        self.statistics[kind].answer(event.round_trip_ns, late=event.late)
        self._series[kind].append(at_s, milliseconds)
        self._last_ns[kind] = event.round_trip_ns
        self._in_a_row[kind] = 0
        if event.lag_ns > SPOILED_SHARE * event.round_trip_ns:
            self.spoiled.append(at_s, event.lag_ns / 1e6)
        if kind == "ws":
            self._sparkline.append(milliseconds)

    def kernel_sample(self, event: TcpSample, at_s: float) -> None:
        """The kernel told its smoothed estimate."""
        self.statistics["tcp"].kernel_sample(event.rtt_ns)
        self._series["tcp"].append(at_s, event.rtt_ns / 1e6)

    def miss(self, event: HeartbeatMissed, at_s: float) -> None:
        """A heartbeat was not answered in time: it breaks its line and stands in a plane of its own."""
        self.statistics[event.kind].miss()
        self._series[event.kind].interrupt(at_s)
        self.missed.append(at_s, 1.0)
        self._in_a_row[event.kind] = event.consecutive
        if event.kind == "ws":
            self._sparkline.append(math.nan)

    def interrupt(self, at_s: float) -> None:
        """The connection is gone: no line goes on, no present value holds."""
        for series in self._series.values():
            series.interrupt(at_s)
        self._last_ns.clear()
        self._in_a_row.clear()

    def reset_statistics(self) -> None:
        """Count from zero; the series stay."""
        self.statistics = {kind: RoundTripStatistics() for kind in KINDS}

    @property
    def primary(self) -> HeartbeatKind:
        """The kind that speaks for the connection: WebSocket pings, or the application's heartbeat instead."""
        return next((kind for kind in _SPEAKING if self.statistics[kind].has_samples), "ws")

    @property
    def loss(self) -> float | None:
        """Heartbeats without an answer among those of every kind, 0 to 1: as in a focus period."""
        spoken = [self.statistics[kind] for kind in _SPEAKING]
        misses = sum(one.misses for one in spoken)
        beats = misses + sum(one.answered for one in spoken)
        return misses / beats if beats else None

    @property
    def last_ns(self) -> int | None:
        """The last round trip of the primary kind on the present connection."""
        return self._last_ns.get(self.primary)

    @property
    def misses_in_a_row(self) -> int:
        """Of the kind that misses most."""
        return max(self._in_a_row.values(), default=0)

    @property
    def sparkline(self) -> tuple[float, ...]:
        """The last 60 WebSocket round trips in milliseconds, NaN for a miss."""
        return tuple(self._sparkline)

    def views(self) -> Mapping[HeartbeatKind, SeriesView]:
        """The round trips of each kind over time."""
        return {kind: series.view() for kind, series in self._series.items()}
