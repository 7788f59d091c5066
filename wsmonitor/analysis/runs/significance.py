"""Pure: may a difference between two samples be claimed, or could chance alone have made it?

Exact tests at the 5 % level where counts are small, the usual approximations where they are large.
`TOO_FEW` means that no outcome at all could have shown a difference with so few samples.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from wsmonitor.analysis.series.percentiles import Histogram

Answer = Literal["less", "more", "same", "too few"]
"""How the second sample compares with the first; `same` means that no difference is shown."""

LEVEL = 0.05
_Z = 1.959964  # both tails of 5 %


def compare_rates(first: int, first_time: float, second: int, second_time: float) -> Answer:
    """Events in two stretches of time, as if they came by chance at a constant rate (exact conditional test)."""
    total, share = first + second, second_time / (first_time + second_time) if first_time + second_time else 0.0
    if not 0 < share < 1:
        return "too few"
    weights = [_log_binomial(total, k, share) for k in range(total + 1)]
    return _judged(weights, second, expected=total * share)


def compare_shares(first: int, first_of: int, second: int, second_of: int) -> Answer:
    """How many of how many, in two samples (Fisher's exact test)."""
    total, whole = first + second, first_of + second_of
    low, high = max(0, total - first_of), min(total, second_of)
    if not first_of or not second_of:
        return "too few"
    weights = [
        _log_choose(second_of, k) + _log_choose(first_of, total - k) - _log_choose(whole, total)
        for k in range(low, high + 1)
    ]
    return _judged(weights, second - low, expected=total * second_of / whole - low)


def compare_percentiles(first: Histogram, second: Histogram, percent: float) -> Answer:
    """Whether the intervals that hold a percentile with 95 % certainty (by ranks) lie apart."""
    bounds = _bounds(first, percent), _bounds(second, percent)
    if bounds[0] is None or bounds[1] is None:
        return "too few"
    (first_low, first_high), (second_low, second_high) = bounds[0], bounds[1]
    if second_high < first_low:
        return "less"
    return "more" if second_low > first_high else "same"


def compare_values(first: Sequence[int], second: Sequence[int]) -> Answer:
    """Whether values of one sample tend to be larger (Mann-Whitney, corrected for ties); 4 of each at least."""
    sizes = len(first), len(second)
    if min(sizes) < 4:
        return "too few"
    ordered = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    rank_sum, ties, position = 0.0, 0.0, 0
    while position < len(ordered):
        end = position
        while end < len(ordered) and ordered[end][0] == ordered[position][0]:
            end += 1
        rank_sum += sum(which for _, which in ordered[position:end]) * (position + end + 1) / 2
        ties += (end - position) ** 3 - (end - position)
        position = end
    whole, product = sum(sizes), sizes[0] * sizes[1]
    spread = math.sqrt(product / 12 * (whole + 1 - ties / (whole * (whole - 1))))
    distance = rank_sum - sizes[1] * (sizes[1] + 1) / 2 - product / 2
    if spread == 0 or abs(distance) <= _Z * spread + 0.5:
        return "same"
    return "more" if distance > 0 else "less"


def _bounds(histogram: Histogram, percent: float) -> tuple[int, int] | None:
    """The values between whose ranks the true percentile lies; `None` where the sample does not reach so far."""
    count, share = histogram.count, percent / 100
    reach = _Z * math.sqrt(count * share * (1 - share))
    low, high = math.floor(count * share - reach), math.ceil(count * share + reach) + 1
    if low < 1 or high > count:
        return None
    values = [histogram.percentile(100 * (rank - 0.5) / count) for rank in (low, high)]
    assert values[0] is not None
    assert values[1] is not None
    return values[0], values[1]


def _judged(log_weights: Sequence[float], seen: int, *, expected: float) -> Answer:
    """Two-sided: the weight of everything that is at most as likely as what was seen."""
    if len(log_weights) == 1:
        return "same"  # nothing of it in either, or everything in both
    least = min(_tail(log_weights, log_weights[0]), _tail(log_weights, log_weights[-1]))
    if least >= LEVEL:
        return "too few"
    if _tail(log_weights, log_weights[seen]) >= LEVEL:
        return "same"
    return "more" if seen > expected else "less"


def _tail(log_weights: Iterable[float], limit: float) -> float:
    return sum(math.exp(weight) for weight in log_weights if weight <= limit + 1e-7)


def _log_binomial(total: int, k: int, share: float) -> float:
    return _log_choose(total, k) + k * math.log(share) + (total - k) * math.log1p(-share)


def _log_choose(total: int, k: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1)
