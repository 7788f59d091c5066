"""A focus period: the numbers of every endpoint as if there had been nothing but a stretch of time."""

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np
from msgspec import Struct, structs

from wsmonitor.analysis.series.history import EndpointHistory, RatesView
from wsmonitor.analysis.series.levels import SeriesView
from wsmonitor.analysis.series.percentiles import Histogram
from wsmonitor.analysis.series.states import CALM_TO_ALARMING
from wsmonitor.analysis.snapshot import Closure, EndpointView, FailedOpening, Snapshot
from wsmonitor.facts.events import HeartbeatKind

Key = tuple[str, int]
E = TypeVar("E", Closure, FailedOpening)

_BUCKETS = 2048
"""Where single samples are gone, so many buckets stand for them."""
_SPEAKING: tuple[HeartbeatKind, ...] = ("ws", "app")
_SPARKLINE = 60
_SETTLED_NS = 2_000_000_000
"""So long after its end nothing new is said about a stretch of time."""


class FocusNumbers(Struct, frozen=True):
    """One connection slot within the period; `None` where there is no sample.

    `is_exact` is false where only buckets are kept of a part of the period: percentiles are then those
    of the buckets' means, while count, maximum, loss and closures stay exact to a bucket at either end.
    `kind` is the heartbeat that speaks; loss counts the misses of every kind.
    """

    kind: HeartbeatKind
    samples: int
    p50_ns: int | None
    p99_ns: int | None
    max_ns: int | None
    misses: int
    loss: float | None
    open_share: float | None
    buffered: int
    sent: int
    received: int
    closures: int
    sparkline: tuple[float, ...]
    is_exact: bool


def focus_numbers(history: EndpointHistory, start_s: float, end_s: float) -> FocusNumbers:
    """What `history` says about the time from `start_s` to `end_s`."""
    found = {kind: _samples(history.round_trips[kind], start_s, end_s) for kind in _SPEAKING}
    kind = next((kind for kind in _SPEAKING if found[kind].values_ms.size), _SPEAKING[0])
    spoken = found[kind]
    histogram = spoken.histogram()
    misses, misses_exact = _count(history.missed, start_s, end_s)
    beats = sum(int(samples.counts.sum()) for samples in found.values()) + misses
    closures, _ = _count(history.closures.plane, start_s, end_s)
    return FocusNumbers(
        kind=kind,
        samples=histogram.count,
        p50_ns=histogram.percentile(50),
        p99_ns=histogram.percentile(99),
        max_ns=histogram.max_ns,
        misses=misses,
        loss=misses / beats if beats else None,
        open_share=_open_share(history, start_s, end_s),
        buffered=_peak(history.buffered, start_s, end_s),
        sent=_messages(history.sent, start_s, end_s),
        received=_messages(history.received, start_s, end_s),
        closures=closures,
        sparkline=tuple(spoken.line_ms[-_SPARKLINE:].tolist()),
        is_exact=spoken.is_exact and misses_exact,
    )


@dataclass
class _Known(Generic[E]):
    """What all that ended came to, within the period."""

    of: tuple[E, ...] | None = None
    inside: tuple[E, ...] = ()


class Focus:
    """A period, applied to snapshots; what is settled is computed once."""

    def __init__(self, start_s: float, end_s: float) -> None:
        self.start_s, self.end_s = start_s, end_s
        self._numbers: dict[Key, FocusNumbers] = {}
        self._failures = _Known[FailedOpening]()
        self._closures = _Known[Closure]()

    def numbers(self, view: EndpointView, snapshot: Snapshot) -> FocusNumbers:
        """The numbers of one row."""
        known = self._numbers.get(view.key)
        if known is None or snapshot.at_ns < self.end_ns(snapshot) + _SETTLED_NS:
            known = self._numbers[view.key] = focus_numbers(view.history, self.start_s, self.end_s)
        return known

    def apply(self, snapshot: Snapshot) -> Snapshot:
        """`snapshot` with every number and every ending of the period only; states stay those of now."""
        failures = self._inside(snapshot, snapshot.failures, self._failures)
        closures = self._inside(snapshot, snapshot.closures, self._closures)
        failed = Counter((one.endpoint, one.slot) for one in failures)
        last = {(closure.endpoint, closure.slot): closure for closure in closures}
        views = tuple(
            self._focused(view, snapshot, last.get(view.key), failed[view.key]) for view in snapshot.endpoints
        )
        return replace(snapshot, endpoints=views, closures=closures, failures=failures)

    def start_ns(self, snapshot: Snapshot) -> int:
        """The period's start on the clock of the events."""
        return snapshot.start_ns + round(self.start_s * 1e9)

    def end_ns(self, snapshot: Snapshot) -> int:
        """The period's end on the clock of the events."""
        return snapshot.start_ns + round(self.end_s * 1e9)

    def _focused(self, view: EndpointView, snapshot: Snapshot, last: Closure | None, failures: int) -> EndpointView:
        numbers = self.numbers(view, snapshot)
        return structs.replace(
            view,
            rtt_ns=numbers.p50_ns,
            p50_ns=numbers.p50_ns,
            p99_ns=numbers.p99_ns,
            loss=numbers.loss,
            buffered=numbers.buffered,
            closures=numbers.closures,
            failures=failures,
            last_closure=last,
            last_failure=view.last_failure if failures else None,
            sparkline=numbers.sparkline,
        )

    def _inside(self, snapshot: Snapshot, ended: tuple[E, ...], known: _Known[E]) -> tuple[E, ...]:
        """Those of the period; the same object while there is no other. As far back as they are remembered."""
        if known.of is not ended:
            start_ns, end_ns = self.start_ns(snapshot), self.end_ns(snapshot)
            inside = tuple(one for one in ended if start_ns <= one.at_ns < end_ns)
            known.of, known.inside = ended, known.inside if known.inside == inside else inside
        return known.inside


class _Samples(Struct, frozen=True):
    """Round trips in milliseconds, each standing for `counts` of them; `line_ms` has NaN where it breaks."""

    values_ms: np.ndarray[tuple[int], np.dtype[np.float64]]
    counts: np.ndarray[tuple[int], np.dtype[np.int64]]
    line_ms: np.ndarray[tuple[int], np.dtype[np.float64]]
    low_ms: float
    high_ms: float
    is_exact: bool

    def histogram(self) -> Histogram:
        found = Histogram()
        if self.values_ms.size:
            found.add_all(np.rint(self.values_ms * 1e6).astype(np.int64), self.counts)
            if not self.is_exact:
                found.min_ns, found.max_ns = round(self.low_ms * 1e6), round(self.high_ms * 1e6)
        return found


def _samples(series: SeriesView, start_s: float, end_s: float) -> _Samples:
    if is_kept(series, start_s):
        line = series.raw.between(start_s, end_s)[:, 1]
        values = line[~np.isnan(line)]
        return _Samples(values, np.ones(values.size, np.int64), line, 0.0, 0.0, True)
    buckets = series.read(start_s, end_s, _BUCKETS)
    inside = (buckets.x >= start_s - buckets.width_s / 2) & (buckets.x < end_s) & (buckets.count > 0)
    counts = buckets.count[inside].astype(np.int64)
    means = buckets.total[inside] / np.maximum(buckets.count[inside], 1)
    if not counts.size:
        return _Samples(means, counts, means, 0.0, 0.0, False)
    low, high = float(buckets.low[inside].min()), float(buckets.high[inside].max())
    return _Samples(means, counts, means, low, high, False)


def is_kept(series: SeriesView, start_s: float) -> bool:
    """True where every single sample from `start_s` on is still there."""
    return not series.raw.evicted or series.raw.first_key <= start_s


def _count(series: SeriesView, start_s: float, end_s: float) -> tuple[int, bool]:
    """Samples within the period, and whether they were counted one by one."""
    if is_kept(series, start_s):
        return series.raw.count_between(start_s, end_s), True
    buckets = series.read(start_s, end_s, _BUCKETS)
    inside = (buckets.x >= start_s - buckets.width_s / 2) & (buckets.x < end_s)
    return int(buckets.count[inside].sum()), False


def _peak(series: SeriesView, start_s: float, end_s: float) -> int:
    """The highest value that held at any moment of the period."""
    before = series.last_before(start_s)
    buckets = series.read(start_s, end_s, _BUCKETS)
    inside = (buckets.x + buckets.width_s >= start_s) & (buckets.x < end_s) & (buckets.count > 0)
    found = [*buckets.high[inside].tolist(), 0.0 if before is None or math.isnan(before) else before]
    return int(max(found))


def _messages(rates: RatesView, start_s: float, end_s: float) -> int:
    """Messages in the seconds that begin within the period."""
    seconds = rates.seconds.read(start_s, end_s, _BUCKETS)
    inside = (seconds.x >= start_s - seconds.width_s / 2) & (seconds.x < end_s) & (seconds.count > 0)
    newest = sum(count for second_s, count in rates.newest if start_s <= second_s < end_s)
    return int(seconds.total[inside].sum()) + newest


def _open_share(history: EndpointHistory, start_s: float, end_s: float) -> float | None:
    held_s = history.states.read(start_s, end_s, _BUCKETS).held_s
    known = sum(float(held) for held, state in zip(held_s, CALM_TO_ALARMING, strict=True) if state is not None)
    opened = sum(
        float(held) for held, state in zip(held_s, CALM_TO_ALARMING, strict=True) if state is not None and state.is_open
    )
    return opened / known if known > 0 else None
