"""A series with levels of detail: what a picture costs depends on its pixels, not on its hours.

Samples are kept as they are for a while, and for much longer as buckets of 4 s, 16 s, 64 s and so on,
aligned to absolute time so that a scrolling picture does not shimmer. A bucket keeps minimum, maximum,
sum and count, the last value, and how many breaks it saw: a spike or a single miss stays visible
however far one zooms out. A break (a NaN sample) says that no line may cross.
"""

import math

import numpy as np
from msgspec import Struct

from wsmonitor.analysis.series.chunks import Numbers, Rows, RowsView

BASE_S = 4.0
FACTOR = 4
LEVELS = 7
"""Buckets of the last level last 16,384 s."""

_RAW_ROWS = 16_384
FINEST_ROWS = 24_576
"""More than a day of buckets of 4 s."""
COARSER_ROWS = 8_192
"""A picture of 4,096 pixels takes no more of a coarser level: one bucket of it is at least half a pixel."""

_INDEX, _LOW, _HIGH, _TOTAL, _COUNT, _BREAKS, _LAST = range(7)
_COLUMNS = 7


class Buckets(Struct, frozen=True):
    """A stretch of a series, decimated to pixels; all arrays have one entry a bucket, in time order.

    `x` is the start of each bucket in seconds and `width_s` the length of all of them; 0 means that
    every entry is one sample, unaltered. Where `count` is 0 the bucket saw only breaks, and low,
    high, mean and last are NaN.
    """

    width_s: float
    x: Numbers
    low: Numbers
    high: Numbers
    total: Numbers
    count: Numbers
    breaks: Numbers
    last: Numbers

    @property
    def centre(self) -> Numbers:
        """The middle of each bucket."""
        return self.x + self.width_s / 2


class SeriesView(Struct, frozen=True):
    """A series as it was when the view was made."""

    raw: RowsView
    levels: tuple[RowsView, ...]

    def read(self, start_s: float, end_s: float, pixels: int) -> Buckets:
        """The series from `start_s` to `end_s`, and its neighbours, on `pixels` columns.

        At most two samples a pixel come as they are; more come as buckets of one to two pixels,
        their length a power of two seconds.
        """
        if self.raw.is_empty or end_s <= start_s:
            return _samples(np.empty((0, 2)))
        is_kept = not self.raw.evicted or self.raw.first_key <= start_s
        if is_kept and self.raw.count_between(start_s, end_s) <= 2 * pixels:
            return _samples(self.raw.between(start_s, end_s, before=1, after=1))
        width_s = bucket_width_s(start_s, end_s, pixels)
        level = self._level_for(width_s, start_s)
        if level >= 0:
            width_s = max(width_s, level_width_s(level))
        return _merged(self._rows(level, start_s, end_s), width_s)

    def count_between(self, start_s: float, end_s: float) -> int:
        """How many samples, breaks included, are still kept one by one in that stretch."""
        return self.raw.count_between(start_s, end_s)

    def last_before(self, at_s: float) -> float | None:
        """The value of the newest sample at or before `at_s`; NaN if that is a break."""
        row = self.raw.last_before(at_s)
        return None if row is None else float(row[1])

    def _level_for(self, width_s: float, start_s: float) -> int:
        """The coarsest level (-1: single samples) not wider than a bucket, or wider where only that is kept."""
        level = min(LEVELS - 1, math.floor(math.log(width_s / BASE_S, FACTOR) + 1e-9)) if width_s >= BASE_S else -1
        while level < len(self.levels) - 1 and not self._covers(level, start_s):
            level += 1
        return min(level, len(self.levels) - 1)

    def _covers(self, level: int, start_s: float) -> bool:
        view = self.raw if level < 0 else self.levels[level]
        first_s = view.first_key * (1.0 if level < 0 else level_width_s(level))
        return not view.evicted or first_s <= start_s

    def _rows(self, level: int, start_s: float, end_s: float) -> Numbers:
        """Bucket rows with their start in seconds, one bucket more on either side.

        The end that has no closed bucket of `level` yet comes from the finer ones.
        """
        parts: list[Numbers] = []
        for number in range(level, -1, -1):
            width_s, view = level_width_s(number), self.levels[number]
            if view.is_empty:
                continue
            before = 0 if parts else 1
            rows = view.between(math.floor(start_s / width_s), end_s / width_s, before=before, after=1)
            rows = rows.astype(np.float64)
            rows[:, _INDEX] *= width_s
            parts.append(rows)
            start_s = max(start_s, (view.last_key + 1) * width_s)
            if start_s > end_s:
                return np.concatenate(parts)
        parts.append(_as_buckets(self.raw.between(start_s, end_s, before=0 if parts else 1, after=1)))
        return np.concatenate(parts)


class Series:
    """The writer's side: samples in time order, folded into all levels as they come."""

    def __init__(self) -> None:
        self._raw = Rows(2, limit=_RAW_ROWS)
        self._levels: list[Rows] = []
        self._open: list[list[float]] = []
        self._last_s = -math.inf
        self.is_broken = True
        """True where no line could go on: without samples, and after a break."""
        self._view: SeriesView | None = SeriesView(self._raw.view(), ())

    def append(self, at_s: float, value: float) -> None:
        """Add a sample; NaN is a break. A time before the last one counts as the last one."""
        at_s = self._last_s = max(at_s, self._last_s)
        self._view = None
        self._raw.append(at_s, value)
        self.is_broken = math.isnan(value)
        index = at_s // BASE_S
        if self.is_broken:
            self._fold(0, [index, math.inf, -math.inf, 0.0, 0.0, 1.0, math.nan])
        elif self._open and (bucket := self._open[0])[_INDEX] == index:  # most samples by far
            if value < bucket[_LOW]:  # noqa: PLR1730  # a call would cost as much as all the rest here
                bucket[_LOW] = value
            if value > bucket[_HIGH]:  # noqa: PLR1730  # as above
                bucket[_HIGH] = value
            bucket[_TOTAL] += value
            bucket[_COUNT] += 1.0
            bucket[_LAST] = value
        else:
            self._fold(0, [index, value, value, value, 1.0, 0.0, value])

    def interrupt(self, at_s: float) -> None:
        """Let no line cross this time; nothing where no line could."""
        if not self.is_broken:
            self.append(at_s, math.nan)

    def view(self) -> SeriesView:
        """What there is now. Costs nothing while nothing was appended."""
        if self._view is None:
            self._view = SeriesView(self._raw.view(), tuple([rows.view() for rows in self._levels]))
        return self._view

    def _fold(self, level: int, row: list[float]) -> None:
        """Fold a row into the open bucket of `level`; a row of a later bucket closes it first."""
        if level == len(self._open):
            self._open.append(row)
            self._levels.append(Rows(_COLUMNS, limit=COARSER_ROWS if level else FINEST_ROWS, dtype="f"))
            return
        bucket = self._open[level]
        if row[_INDEX] != bucket[_INDEX]:
            self._open[level] = row
            self._levels[level].append(*bucket)
            if level + 1 < LEVELS:
                self._fold(level + 1, [bucket[_INDEX] // FACTOR, *bucket[_LOW:]])
            return
        bucket[_LOW] = min(bucket[_LOW], row[_LOW])
        bucket[_HIGH] = max(bucket[_HIGH], row[_HIGH])
        bucket[_TOTAL] += row[_TOTAL]
        bucket[_COUNT] += row[_COUNT]
        bucket[_BREAKS] += row[_BREAKS]
        bucket[_LAST] = row[_LAST]


def level_width_s(level: int) -> float:
    """The length of a bucket of a level."""
    return BASE_S * float(FACTOR**level)


def bucket_width_s(start_s: float, end_s: float, pixels: int) -> float:
    """One to two pixels as a power of two seconds: stable while a picture scrolls."""
    pixel_s = (end_s - start_s) / max(1, pixels)
    return float(2.0 ** math.ceil(math.log2(pixel_s) - 1e-6))


def _samples(raw: Numbers) -> Buckets:
    x, y = np.ascontiguousarray(raw[:, 0]), np.ascontiguousarray(raw[:, 1])
    broken = np.isnan(y)
    count = np.where(broken, 0.0, 1.0)
    return Buckets(0.0, x, y, y, np.where(broken, 0.0, y), count, 1.0 - count, y)


def _as_buckets(raw: Numbers) -> Numbers:
    """Single samples in the shape of bucket rows, their time in place of the number."""
    x, y = raw[:, 0], raw[:, 1]
    broken = np.isnan(y)
    count = np.where(broken, 0.0, 1.0)
    low, high = np.where(broken, np.inf, y), np.where(broken, -np.inf, y)
    return np.column_stack((x, low, high, np.where(broken, 0.0, y), count, 1.0 - count, y))


def _merged(rows: Numbers, width_s: float) -> Buckets:
    """Rows of finer buckets, merged into buckets of `width_s`."""
    if not len(rows):
        return _samples(np.empty((0, 2)))
    index = np.floor(rows[:, _INDEX] / width_s)
    starts = np.concatenate(([0], np.flatnonzero(np.diff(index)) + 1))
    low = np.minimum.reduceat(rows[:, _LOW], starts)
    high = np.maximum.reduceat(rows[:, _HIGH], starts)
    sums = np.add.reduceat(rows[:, _TOTAL : _BREAKS + 1], starts, axis=0)
    last = rows[np.append(starts[1:], len(rows)) - 1, _LAST]
    empty = sums[:, 1] == 0
    if empty.any():
        low[empty] = np.nan
        high[empty] = np.nan
    return Buckets(width_s, index[starts] * width_s, low, high, sums[:, 0], sums[:, 1], sums[:, 2], last)
