"""The y axis: round ceilings that do not jump with every sample, and that a rare outlier does not set."""

import math

import numpy as np

from wsmonitor.plots.drawing import Floats

_RARE = 20
"""One value of so many may be rare; of a few values up to two."""
_FAR = 4.0
"""Values so many times above the typical ones are outliers."""
_HEADROOM = 2.0


def ceiling(value: float, *, at_least: float = 1.0) -> float:
    """The first of 1, 1.5, 2, 3, 5, 7, 10, 15, ... that leaves a tenth of headroom above `value`."""
    wanted = max(value * 1.1, at_least) if math.isfinite(value) else at_least
    power = 10.0 ** math.floor(math.log10(wanted))
    for step in (1.0, 1.5, 2.0, 3.0, 5.0, 7.0):
        if wanted <= step * power * (1 + 1e-9):
            return round(step * power, 12)
    return 10.0 * power


def typical_top(values: Floats) -> float:
    """What a scale must reach for `values`: the highest, or, where they are far below it, twice what most keep to.

    Of fewer than five values none is rare. NaN without any.
    """
    if not len(values):
        return math.nan
    rare = min(len(values) // 5, max(2, len(values) // _RARE))
    highest, typical = float(values.max()), float(np.partition(values, -1 - rare)[-1 - rare])
    return highest if highest <= _FAR * typical else _HEADROOM * typical
