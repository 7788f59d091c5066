"""Buckets of a series -> points of a curve, at most two for each pixel."""

import numpy as np

from wsmonitor.analysis.series.levels import Buckets
from wsmonitor.plots.drawing import Floats

_NOTHING = np.empty(0)


def line_points(buckets: Buckets) -> tuple[Floats, Floats]:
    """Samples as they are; buckets as strokes from low to high. A bucket that saw a break ends the line.

    Between two buckets that both have values the line goes on unless one of them saw a break.
    """
    if buckets.width_s == 0:
        return buckets.x, buckets.low
    x, y = np.repeat(buckets.centre, 2), np.empty(2 * len(buckets.x))
    # Strokes alternate in direction, so that the line between them runs along an edge of the picture.
    y[0::4], y[1::4] = buckets.low[0::2], buckets.high[0::2]
    y[2::4], y[3::4] = buckets.high[1::2], buckets.low[1::2]
    broken = np.flatnonzero((buckets.breaks > 0) & (buckets.count > 0))
    if len(broken):
        x = np.insert(x, 2 * broken + 2, buckets.centre[broken])
        y = np.insert(y, 2 * broken + 2, np.nan)
    return x, y


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


def highest(buckets: Buckets, start_s: float, end_s: float) -> float:
    """The largest value within the span; NaN without one."""
    inside = (buckets.x + buckets.width_s >= start_s) & (buckets.x <= end_s) & (buckets.count > 0)
    values = buckets.high[inside]
    return float(values.max()) if len(values) else np.nan
