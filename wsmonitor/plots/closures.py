"""Closures as vertical lines through all plots, failed openings as chips."""

from bisect import bisect_left, bisect_right
from collections import Counter

from msgspec.structs import replace

from wsmonitor.analysis.series.history import EndingsView
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.plots.drawing import Mark, Span, Way, ways_text

MERGE_PIXELS = 6
"""Lines nearer to each other than this are one mark."""

_LINES = 3


def closure_marks(view: EndpointView, span: Span, pixels: int) -> tuple[Mark, ...]:
    """One mark for each place where connections ended within `span`; none is ever left out.

    A mark stands at the first closure of its place and names all ways of it that are known. The tooltip has
    the first of them in words as long as they are remembered, and one that stands alone has its details.
    """
    return _marks(view.history.closures, span, pixels)


def opening_marks(view: EndpointView, span: Span, pixels: int) -> tuple[Mark, ...]:
    """The same for openings that failed."""
    marks = _marks(view.history.openings, span, pixels)
    return tuple(replace(mark, is_opening=True) for mark in marks)


def ending_marks(view: EndpointView, span: Span, pixels: int) -> tuple[Mark, ...]:
    """Both, in the order of time."""
    marks = (*closure_marks(view, span, pixels), *opening_marks(view, span, pixels))
    return tuple(sorted(marks, key=lambda mark: mark.x))


def _marks(closures: EndingsView, span: Span, pixels: int) -> tuple[Mark, ...]:
    # More closures than places come as buckets that are places already.
    buckets = closures.plane.read(span.start_s, span.end_s, max(1, pixels // MERGE_PIXELS))
    reach_s = MERGE_PIXELS * (span.end_s - span.start_s) / max(1, pixels)
    places: list[_Place] = []
    for x, low, high, count in zip(
        buckets.x.tolist(), buckets.low.tolist(), buckets.high.tolist(), buckets.count.tolist(), strict=True
    ):
        if x + buckets.width_s < span.start_s or x >= span.end_s:
            continue
        if not places or x - places[-1].start_s >= reach_s:
            places.append(_Place(x))
        places[-1].add(x + buckets.width_s, int(low), int(high), int(count))
    return tuple(place.mark(closures) for place in places)


class _Place:
    """Closures too near to each other to be told apart."""

    def __init__(self, start_s: float) -> None:
        self.start_s = start_s
        self._end_s = start_s
        self._kinds: Counter[int | None] = Counter()

    def add(self, end_s: float, low: int, high: int, count: int) -> None:
        """Take in closures up to `end_s`, their kinds (indices of chips) between `low` and `high`."""
        self._end_s = end_s
        if low == high:
            self._kinds[low] += count
            return
        self._kinds.update((low, high))
        if count > 2:
            self._kinds[None] += count - 2  # anything between the two

    def mark(self, closures: EndingsView) -> Mark:
        texts: Counter[str] = Counter()
        for kind, count in self._kinds.items():
            texts["" if kind is None else closures.chips[kind].text] += count
        ways = tuple(Way(text, count) for text, count in texts.items())
        return Mark(
            x=self.start_s,
            ways=ways,
            tooltip=self._tooltip(closures) or ways_text(ways),
            details=self._details(closures),
            forced=all(closures.chips[kind].forced for kind in self._kinds if kind is not None),
        )

    def _tooltip(self, closures: EndingsView) -> str:
        first = bisect_left(closures.newest_s, self.start_s)
        stop = min(bisect_right(closures.newest_s, self._end_s), first + _LINES)
        lines = [told.words for told in closures.newest[first:stop]]
        more = self._kinds.total() - len(lines)
        return "\n".join([*lines, f"and {more:,} more"] if lines and more > 0 else lines)

    def _details(self, closures: EndingsView) -> str:
        at = bisect_left(closures.newest_s, self.start_s)
        is_there = at < len(closures.newest) and closures.newest_s[at] <= self._end_s
        return closures.newest[at].details if self._kinds.total() == 1 and is_there else ""
