"""The y axis: round ceilings that do not jump with every sample."""

import math


def ceiling(value: float, *, at_least: float = 1.0) -> float:
    """The first of 1, 2, 5, 10, 20, ... that leaves a tenth of headroom above `value`."""
    wanted = max(value * 1.1, at_least) if math.isfinite(value) else at_least
    power = 10.0 ** math.floor(math.log10(wanted))
    for step in (1.0, 2.0, 5.0):
        if wanted <= step * power * (1 + 1e-9):
            return step * power
    return 10.0 * power
