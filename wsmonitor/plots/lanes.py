"""One lane for each endpoint: its states over a span, at the cost of a few pixels."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wsmonitor.analysis.series.states import StatesView
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.events import Key
from wsmonitor.plots.drawing import Span, StateSpan
from wsmonitor.plots.state import state_spans

LaneRead = Callable[[EndpointView, Span, int], NDArray[np.uint8]]


def lane(view: EndpointView, span: Span, pixels: int) -> tuple[StateSpan, ...]:
    """The states of `view` over `span`: at most `pixels` stretches, outages at least a pixel wide."""
    runs = view.history.states.read(span.start_s, span.end_s, pixels)
    return state_spans(runs)


def lane_codes(view: EndpointView, span: Span, pixels: int) -> NDArray[np.uint8]:
    """The same as one row of an image: for each pixel an index into `states.CALM_TO_ALARMING`, 0 for nothing known."""
    row = np.zeros(pixels, np.uint8)
    per_second = pixels / (span.end_s - span.start_s) if span.end_s > span.start_s else 0.0
    for start_s, end_s, code in view.history.states.stretches(span.start_s, span.end_s, pixels):
        first = max(0, math.floor((start_s - span.start_s) * per_second))
        row[first : math.ceil((end_s - span.start_s) * per_second)] = code
    return row


class LaneCodes:
    """The lanes of endpoints as one image, kept while it moves on: only lanes with news are read again.

    Columns stand on absolute time, so that the image does not shimmer while it scrolls.

    Args:
        read: `lane_codes`, or what stands in for it.
    """

    def __init__(self, read: LaneRead) -> None:
        self._read_codes = read
        self.codes = np.zeros((0, 0), np.uint8)
        """A row for each lane, a column for each pixel from `start_s` on: see `lane_codes`."""
        self.pixel_s = 1.0
        self._first = self._stop = 0
        self._rows: dict[Key, int] = {}
        self._states: list[StatesView | None] = []
        self._last = np.zeros(0, np.uint8)
        self._unsettled = np.zeros(0, np.int64)
        """The column up to which what came last in a lane may still be drawn."""

    @property
    def start_s(self) -> float:
        """Where the first column begins."""
        return self._first * self.pixel_s

    def show(self, views: Sequence[EndpointView], span: Span, now_s: float, pixels: int) -> bool:
        """Bring the image up to date; false where nothing in it changed."""
        pixel_s = (span.end_s - span.start_s) / max(1, pixels)
        first = math.floor(span.start_s / pixel_s + 1e-6)
        stop = max(first, min(first + pixels, math.floor(now_s / pixel_s) + 1))
        is_arranged = self._arrange([view.key for view in views])
        is_other_grid = abs(pixel_s - self.pixel_s) > 1e-9 * pixel_s
        is_moved = (first, stop) != (self._first, self._stop)
        if is_other_grid or not self._first <= first <= self._stop <= stop:
            self.pixel_s, self._first, self._stop = pixel_s, first, stop
            self.codes = np.zeros((len(views), stop - first), np.uint8)
            self._states = [None] * len(views)
        unsettled = set(np.flatnonzero(self._unsettled > self._stop).tolist()) if is_moved else set()
        if is_moved and (first, stop) != (self._first, self._stop):
            self._scroll(first, stop)
        news = unsettled.union(row for row, view in enumerate(views) if view.history.states is not self._states[row])
        for row in news:
            self._read(row, views[row])
        return bool(news) or is_moved or is_arranged

    def _arrange(self, keys: list[Key]) -> bool:
        """Put the rows into this order; true where it is another."""
        if keys == list(self._rows):
            return False
        places = [self._rows.get(key) for key in keys]
        self._states = [None if place is None else self._states[place] for place in places]
        taken = np.array([place or 0 for place in places], np.intp)
        empty = not len(self.codes)
        self.codes = np.zeros((len(keys), self._stop - self._first), np.uint8) if empty else self.codes[taken]
        self._last = np.zeros(len(keys), np.uint8) if empty else self._last[taken]
        self._unsettled = np.zeros(len(keys), np.int64) if empty else self._unsettled[taken]
        self._rows = {key: row for row, key in enumerate(keys)}
        return True

    def _scroll(self, first: int, stop: int) -> None:
        """Let columns go on the left; on the right states hold on."""
        kept = self.codes[:, first - self._first :]
        added = np.repeat(self._last[:, np.newaxis], stop - self._stop, axis=1)
        self.codes = np.concatenate((kept, added), axis=1)
        self._first, self._stop = first, stop

    def _read(self, row: int, view: EndpointView) -> None:
        states = self._states[row] = view.history.states
        span = Span(self._first * self.pixel_s, self._stop * self.pixel_s)
        if self._stop > self._first:
            self.codes[row] = self._read_codes(view, span, self._stop - self._first)
        self._last[row] = states.last_code
        # What is short is drawn a pixel wide, perhaps beyond now.
        newest = states.transitions.last_key
        self._unsettled[row] = math.floor(newest / self.pixel_s) + 2 if math.isfinite(newest) else 0


def runs_of(codes: NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """First column, the one behind the last, and code of each stretch of equal ones; what is not known is left out."""
    if not len(codes):
        return []
    cuts = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    return [(first, stop, int(codes[first])) for first, stop in pairwise(cuts) if codes[first]]
