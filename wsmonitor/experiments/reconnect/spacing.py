"""Pure: how the tries of a client are spaced. Less than three say nothing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from wsmonitor.experiments.reconnect.timeline import Tries

FEWEST_TRIES = 3
FEWEST_GAPS = 4
"""With fewer gaps a steady growth fits anything: no statement about jitter."""
FEWEST_SAME = 3
FEWEST_FLAT = 6
"""So many equal gaps, or gaps that do not grow: of fewer, chance makes the same from good jitter."""
SAME_WITHIN = 1.2
"""Gaps that differ by no more than this factor are the same."""
LEAST_GAP_S = 1e-6
_MANY = 500


@dataclass(frozen=True)
class Spacing:
    """`growth`: median of the later gaps over that of the earlier; `jitter`: how far gaps stray from a steady growth.

    `is_flat`: they do not grow, and there are enough of them to say so.
    """

    typical_s: float | None = None
    growth: float | None = None
    jitter: float | None = None
    is_flat: bool = False


def spacing(tries: Sequence[Tries], since_ns: int) -> Spacing:
    """The spacing of tries that began after `since_ns`; what came several at once is spread over its time."""
    found = gaps(tries, since_ns)
    if len(found) < FEWEST_TRIES - 1:
        return Spacing()
    half = len(found) // 2
    growth = median(found[-half:]) / median(found[:half])
    is_same = max(found) / min(found) < SAME_WITHIN
    return Spacing(
        typical_s=median(found),
        growth=growth,
        jitter=_jitter(found) if len(found) >= FEWEST_GAPS and all(one.count == 1 for one in tries) else None,
        is_flat=(is_same and len(found) >= FEWEST_SAME) or (len(found) >= FEWEST_FLAT and growth < SAME_WITHIN),
    )


def gaps(tries: Sequence[Tries], since_ns: int) -> list[float]:
    """Seconds between tries; the first gap is between the first two."""
    found: list[float] = []
    before_ns: int | None = None
    for one in tries:
        if one.at_ns < since_ns:
            continue
        started_ns = since_ns if before_ns is None else before_ns
        each_s = max(LEAST_GAP_S, (one.at_ns - started_ns) / one.count / 1e9)
        count = one.count - 1 if before_ns is None else one.count
        found += [each_s] * min(count, _MANY)
        before_ns = one.at_ns
    return found[:_MANY]


def _jitter(found: Sequence[float]) -> float:
    """The typical distance from the straight line through the logarithms: 0.1 is about 10 %."""
    logs = [math.log(gap) for gap in found]
    middle, mean = (len(logs) - 1) / 2, sum(logs) / len(logs)
    spread = sum((at - middle) ** 2 for at in range(len(logs)))
    slope = sum((at - middle) * (one - mean) for at, one in enumerate(logs)) / spread
    rest = sum((one - mean - slope * (at - middle)) ** 2 for at, one in enumerate(logs))
    return math.sqrt(rest / (len(logs) - 2))
