"""The states of one connection slot over time, readable for any span at a cost of its pixels.

Transitions are kept one by one for a while; for longer, buckets aligned to absolute time keep how long
each state held in them. Only buckets with a transition take memory: between them the state stays.
"""

import math
from itertools import pairwise

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from wsmonitor.analysis.series.chunks import Numbers, Rows, RowsView
from wsmonitor.analysis.series.levels import bucket_width_s
from wsmonitor.facts.events import State

CALM_TO_ALARMING: tuple[State | None, ...] = (
    None,
    State.OPEN,
    State.IDLE,
    State.STOPPED,
    State.UPGRADING,
    State.SECURING,
    State.CONNECTING,
    State.RESOLVING,
    State.DEGRADED,
    State.CLOSING,
    State.HOLD,
    State.SUSPENDED,
    State.BACKOFF,
    State.OFFLINE,
    State.FAILED,
)
"""A state's code is its place here; code 0 means that nothing is known. Where a pixel must choose, the last wins."""

_CODES = {state: code for code, state in enumerate(CALM_TO_ALARMING)}
_BASE_S = 0.25
_FACTOR = 4
_LEVELS = 9
_TRANSITIONS = 16_384
_BUCKETS = 8_192
_INDEX, _LAST, _TIMES = 0, 1, 2
_COLUMNS = _TIMES + len(CALM_TO_ALARMING)
_BUCKET_PIXELS = 4
_FEW = 16


class Runs(Struct, frozen=True):
    """Stretches of one state each, in time order, without overlap; neighbours differ in `code`.

    Stretches are widened to be seen; `held_s` says how long each state (by code) really held.
    """

    start: Numbers
    end: Numbers
    code: NDArray[np.intp]
    held_s: Numbers


class StatesView(Struct, frozen=True):
    """The states as they were when the view was made; the last one holds on."""

    transitions: RowsView
    levels: tuple[RowsView, ...]
    open_buckets: tuple[tuple[float, ...], ...]

    def read(self, start_s: float, end_s: float, pixels: int) -> Runs:
        """The states from `start_s` to `end_s`, at most `pixels` stretches.

        A stretch shorter than a pixel is drawn as long as one, and among several in one place the most
        alarming wins: a short outage is never lost. Where drops are as frequent as pixels, each place
        shows the state that held longest and one pixel of the most alarming one.
        """
        if self.transitions.is_empty or end_s <= start_s:
            return Runs(np.empty(0), np.empty(0), np.empty(0, np.intp), np.zeros(len(CALM_TO_ALARMING)))
        pixel_s = (end_s - start_s) / max(1, pixels)
        is_kept = not self.transitions.evicted or self.transitions.first_key <= start_s
        if is_kept and self.transitions.count_between(start_s, end_s) <= pixels // 4:
            rows = self.transitions.between(start_s, end_s, before=1)
            start, code = rows[:, 0], rows[:, 1].astype(np.intp)
            held_s = _held(start, np.append(start[1:], end_s), code, start_s)
            start, code = _widened(start, code, end_s, pixel_s)
        else:
            start, code, held_s = self._from_buckets(start_s, end_s, pixels, pixel_s)
        return _clipped(start, code, start_s, end_s, held_s)

    def stretches(self, start_s: float, end_s: float, pixels: int) -> list[tuple[float, float, int]]:
        """Start, end and code of what `read` finds; of few transitions without arrays, which would cost more."""
        transitions = self.transitions
        if len(transitions.chunks) == 1 and transitions.used <= min(_FEW, pixels // 4):
            rows = transitions.chunks[0][: transitions.used].tolist()
            return _few(rows, start_s, end_s, (end_s - start_s) / max(1, pixels))
        runs = self.read(start_s, end_s, pixels)
        return list(zip(runs.start.tolist(), runs.end.tolist(), runs.code.tolist(), strict=True))

    def at(self, at_s: float) -> State | None:
        """The state at a time, as far back as single transitions are kept."""
        row = self.transitions.last_before(at_s)
        return None if row is None else CALM_TO_ALARMING[int(row[1])]

    def since(self, at_s: float) -> float | None:
        """When the state that held at `at_s` began; `None` where that is not known any more."""
        row = self.transitions.last_before(at_s)
        return None if row is None else float(row[0])

    def stretch(self, at_s: float) -> tuple[float, float | None] | None:
        """From when to when the state of `at_s` held, to the last digit; an open end holds on.

        `None` where single transitions are not kept any more.
        """
        rows = self.transitions.between(at_s, at_s, before=1, after=1)
        if not len(rows) or rows[0, 0] > at_s:
            return None
        return float(rows[0, 0]), float(rows[1, 0]) if len(rows) > 1 else None

    @property
    def last_code(self) -> int:
        """The code of the state that holds on; 0 where nothing is known."""
        transitions = self.transitions
        return 0 if transitions.is_empty else int(transitions.chunks[-1][transitions.used - 1, 1])

    def _from_buckets(
        self, start_s: float, end_s: float, pixels: int, pixel_s: float
    ) -> tuple[Numbers, NDArray[np.intp], Numbers]:
        width_s = max(_BASE_S, bucket_width_s(start_s, end_s, max(1, pixels // _BUCKET_PIXELS)))
        level = min(_LEVELS - 1, math.floor(math.log(width_s / _BASE_S, _FACTOR) + 1e-9))
        while level < _LEVELS - 1 and not self._covers(level, start_s):
            level += 1
        width_s = max(width_s, _width_s(level))
        rows = self._rows(level, start_s, end_s)
        index = np.floor(rows[:, _INDEX] * (_width_s(level) / width_s))
        first = np.concatenate(([0], np.flatnonzero(np.diff(index)) + 1))
        held = np.add.reduceat(rows[:, _TIMES:], first, axis=0)
        last = rows[np.append(first[1:], len(rows)) - 1, _LAST].astype(np.intp)
        start = index[first] * width_s
        # A finer bucket without a transition has no row: it was all in the state that held before it.
        is_first_missing = rows[first, _INDEX] * _width_s(level) > start + _width_s(level) / 2
        filler = np.where(is_first_missing, np.concatenate(([0], last[:-1])), last)
        end = np.minimum(start + width_s, end_s)
        held[np.arange(len(first)), filler] += np.maximum(0.0, end - start - held.sum(axis=1))
        inside = (end > start_s) & (start < end_s)
        following = np.minimum(np.append(start[1:], end_s), end_s)
        held_s = held[inside].sum(axis=0) + _held(end, following, last, start_s)
        return *_painted(start, end, held, last, pixel_s), held_s

    def _covers(self, level: int, start_s: float) -> bool:
        view = self.levels[level]
        return not view.evicted or view.first_key * _width_s(level) <= start_s

    def _rows(self, level: int, start_s: float, end_s: float) -> Numbers:
        width_s = _width_s(level)
        rows = self.levels[level].between(math.floor(start_s / width_s), end_s / width_s, before=1)
        bucket = np.array(self.open_buckets[level])
        passed_s = min(width_s, end_s - bucket[_INDEX] * width_s)
        bucket[_TIMES + int(bucket[_LAST])] += max(0.0, passed_s - bucket[_TIMES:].sum())
        return np.concatenate((rows.astype(np.float64), bucket[np.newaxis]))


class States:
    """The writer's side: transitions in time order."""

    def __init__(self) -> None:
        self._transitions = Rows(2, limit=_TRANSITIONS)
        self._levels = [Rows(_COLUMNS, limit=_BUCKETS, dtype="f") for _ in range(_LEVELS)]
        self._open: list[list[float]] = []
        self._last_s = -math.inf
        self._code = 0
        self._view: StatesView | None = None

    def change(self, at_s: float, state: State | None) -> None:
        """From `at_s` on the state is `state`; `None` means that nothing is known."""
        code = _CODES[state]
        if self._open and code == self._code:
            return
        at_s = max(at_s, self._last_s)
        if self._open:
            for level, bucket in enumerate(self._open):
                self._open[level] = self._moved_on(level, bucket, at_s)
        else:
            self._open = [_empty_bucket(at_s, _width_s(level)) for level in range(_LEVELS)]
            for level, bucket in enumerate(self._open):
                bucket[_TIMES] = at_s - bucket[_INDEX] * _width_s(level)
        for bucket in self._open:
            bucket[_LAST] = code
        self._transitions.append(at_s, code)
        self._last_s, self._code, self._view = at_s, code, None

    def view(self) -> StatesView:
        """What there is now. Costs nothing while nothing changed."""
        if self._view is None:
            levels = tuple([rows.view() for rows in self._levels])
            self._view = StatesView(self._transitions.view(), levels, tuple([tuple(bucket) for bucket in self._open]))
        return self._view

    def _moved_on(self, level: int, bucket: list[float], at_s: float) -> list[float]:
        """The open bucket after the present state held until `at_s`; closes one that is over."""
        width_s = _width_s(level)
        if at_s // width_s == bucket[_INDEX]:
            bucket[_TIMES + self._code] += at_s - self._last_s
            return bucket
        bucket[_TIMES + self._code] += (bucket[_INDEX] + 1) * width_s - self._last_s
        self._levels[level].append(*bucket)
        following = _empty_bucket(at_s, width_s)
        following[_TIMES + self._code] = at_s - following[_INDEX] * width_s
        return following


def _width_s(level: int) -> float:
    return _BASE_S * float(_FACTOR**level)


def _empty_bucket(at_s: float, width_s: float) -> list[float]:
    return [at_s // width_s] + [0.0] * (_COLUMNS - 1)


def _held(start: Numbers, end: Numbers, code: NDArray[np.intp], from_s: float) -> Numbers:
    """How long each state held after `from_s`, in seconds by code."""
    lasted = np.maximum(0.0, end - np.maximum(start, from_s))
    return np.bincount(code, lasted, len(CALM_TO_ALARMING)).astype(np.float64)


def _widened(start: Numbers, code: NDArray[np.intp], end_s: float, pixel_s: float) -> tuple[Numbers, NDArray[np.intp]]:
    """Join neighbours shorter than a pixel into their most alarming state, at least a pixel long."""
    is_short = np.diff(start, append=end_s) < pixel_s
    is_short[-1:] = False  # the last one holds on
    joins = is_short[1:] & is_short[:-1]
    first = np.concatenate(([0], np.flatnonzero(~joins) + 1)) if len(start) else np.empty(0, np.intp)
    start, code, is_short = start[first].copy(), np.maximum.reduceat(code, first), is_short[first]
    start[1:] = np.where(is_short[:-1], np.maximum(start[1:], start[:-1] + pixel_s), start[1:])
    return start, code


def _few(
    transitions: list[list[float]], start_s: float, end_s: float, pixel_s: float
) -> list[tuple[float, float, int]]:
    """What `StatesView.read` makes of these."""
    held = [
        (at_s, int(code), after[0])
        for (at_s, code), after in zip(transitions, [*transitions[1:], [end_s]], strict=True)
    ]
    held = [one for one in held if one[0] < end_s and one[2] >= start_s]
    if not held:
        return []
    places: list[list[float]] = []  # start, code, whether it is short
    for number, (at_s, code, until_s) in enumerate(held):
        is_short = until_s - at_s < pixel_s and number < len(held) - 1
        if is_short and places and places[-1][2]:
            places[-1][1] = max(places[-1][1], code)
        else:
            places.append([at_s, code, is_short])
    starts = [places[0][0]]
    starts += [max(one[0], before[0] + pixel_s) if before[2] else one[0] for before, one in pairwise(places)]
    ends = [*starts[1:], end_s]
    return [
        (start, min(end, end_s), int(place[1]))
        for start, end, place in zip(starts, ends, places, strict=True)
        if end > start_s and start < end_s and end > start and place[1] > 0
    ]


def _painted(
    start: Numbers, end: Numbers, held: Numbers, last: NDArray[np.intp], pixel_s: float
) -> tuple[Numbers, NDArray[np.intp]]:
    """Starts and codes for buckets: the longest state, a pixel of the most alarming, then what follows."""
    longest = np.argmax(held, axis=1)
    worst = held.shape[1] - 1 - np.argmax(held[:, ::-1] > 1e-6, axis=1)
    sliver_s = np.minimum(np.maximum(held[np.arange(len(worst)), worst], pixel_s), (end - start) / 2)
    starts = np.concatenate((start, end - sliver_s, end))
    codes = np.concatenate((longest, worst, last))
    has_follower = np.append(start[1:] > end[:-1] + (end - start)[:-1] / 2, True)
    keep = np.concatenate((np.ones(len(start), np.bool_), worst != longest, has_follower))
    order = np.argsort(starts[keep], kind="stable")
    return starts[keep][order], codes[keep][order]


def _clipped(start: Numbers, code: NDArray[np.intp], start_s: float, end_s: float, held_s: Numbers) -> Runs:
    """Runs within the span, neighbours of one state merged."""
    differs = np.concatenate(([True], code[1:] != code[:-1])) if len(code) else np.empty(0, np.bool_)
    start, code = start[differs], code[differs]
    end = np.append(start[1:], end_s)
    inside = (end > start_s) & (start < end_s) & (end > start) & (code > 0)
    return Runs(start[inside], np.minimum(end[inside], end_s), code[inside], held_s)
