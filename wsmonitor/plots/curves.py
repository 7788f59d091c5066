"""Buckets of a series -> points of a curve, at most two for each pixel; the gaps between them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wsmonitor.analysis.series.history import SessionHistory
from wsmonitor.analysis.series.levels import Buckets
from wsmonitor.plots.drawing import Floats, Span

_NOTHING = np.empty(0)
_INTERVALS = 2.05
"""Two, and a little for samples that come late."""


class Curve(NamedTuple):
    """Points of a line, broken by NaN, and the values of which it would show nothing: those it joins to no other."""

    x: Floats
    y: Floats
    lone_x: Floats
    lone_y: Floats


def line_points(buckets: Buckets, reach_s: float) -> Curve:
    """Samples as they are; buckets as strokes from low to high.

    The line goes on between neighbours that both have values, unless the first bucket saw a break or they
    are more than `reach_s` apart: what was not measured is not drawn.
    """
    has_values, apart_s = buckets.count > 0, np.diff(buckets.x) - buckets.width_s
    is_joined = has_values[:-1] & has_values[1:] & (buckets.breaks[:-1] == 0) & (apart_s <= reach_s)
    lone = np.flatnonzero(has_values & ~np.append(is_joined, False) & ~np.append(False, is_joined))
    ends = np.flatnonzero(has_values[:-1] & has_values[1:] & ~is_joined)
    if buckets.width_s == 0:
        x, y, ends_at = buckets.x, buckets.low, ends + 1
        lone_x, lone_y = x[lone], y[lone]
    else:
        # Strokes alternate in direction, so that the line between them runs along an edge of the picture; each
        # keeps its own while the picture scrolls.
        is_down = np.round(buckets.x / buckets.width_s) % 2 > 0
        strokes = np.where(is_down, (buckets.high, buckets.low), (buckets.low, buckets.high))
        x, y, ends_at = np.repeat(buckets.centre, 2), strokes.T.ravel(), 2 * ends + 2
        lone = lone[buckets.low[lone] == buckets.high[lone]]  # others are strokes, which can be seen
        lone_x, lone_y = buckets.centre[lone], buckets.low[lone]
    if len(ends):
        x, y = np.insert(x, ends_at, buckets.centre[ends]), np.insert(y, ends_at, np.nan)
    return Curve(x, y, lone_x, lone_y)


def reach_of(buckets: Buckets, interval_s: float | None) -> float:
    """How far neighbours may be apart: two intervals; where none is known, two of the usual distances."""
    if interval_s is None:
        distances_s = np.diff(buckets.x[buckets.count > 0])
        interval_s = float(np.median(distances_s)) if len(distances_s) else 0.0
    return _INTERVALS * interval_s


def step_points(buckets: Buckets, start_s: float, end_s: float) -> tuple[Floats, Floats]:
    """A value that holds until the next one, from `start_s` to `end_s`; NaN while it is not known."""
    inside = int(np.searchsorted(buckets.x, end_s))
    if not inside:
        return _NOTHING, _NOTHING
    last = buckets.last[:inside]
    columns = [np.concatenate(([np.nan], last[:-1])), last]
    if buckets.width_s:
        columns[1:1] = [buckets.low[:inside], buckets.high[:inside]]
    x = np.append(np.repeat(np.maximum(buckets.x[:inside], start_s), len(columns)), end_s)
    y = np.append(np.column_stack(columns).ravel(), last[-1])
    return x[1:], y[1:]  # nothing is known before the first


def within(buckets: Buckets, start_s: float, end_s: float) -> NDArray[np.bool_]:
    """Which buckets have values and touch the span."""
    return (buckets.x + buckets.width_s >= start_s) & (buckets.x <= end_s) & (buckets.count > 0)


def gaps_within(session: SessionHistory, span: Span) -> tuple[Span, ...]:
    """The gaps that touch `span`, cut to it; one that lasts ends with the span."""
    return tuple(
        Span(max(gap.start_s, span.start_s), min(gap.end_s, span.end_s))
        for gap in session.gaps
        if gap.start_s < span.end_s and gap.end_s > span.start_s
    )
