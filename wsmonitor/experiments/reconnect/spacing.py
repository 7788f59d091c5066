"""Pure: how the tries of a client are spaced. Less than three say nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, pstdev

from wsmonitor.experiments.reconnect.schedule import fit, is_same
from wsmonitor.experiments.reconnect.timeline import Tries

FEWEST_TRIES = 3
AT_ONCE_S = 0.05
"""A first try so soon is no delay of its client's schedule."""
SAME_WITHIN = 1.2
"""Gaps that differ by no more than this factor are the same."""
FEWEST_SAME = 3
FEWEST_FLAT = 6
FLAT_FROM, FIRST_FROM, FLAT_SPREAD = 0.75, 0.6, 0.45
"""Gaps do not grow where the first two are nearly as long as the others, and all vary little enough to say so.

`test_spacing.py` holds how often chance makes usual ways to back off look like that.
"""
LEAST_GAP_S = 1e-6
_MANY = 500
_ENOUGH = 60
"""So many gaps are looked at for a rule."""
_TOO_SHORT_S = 0.2
"""Of shorter gaps timers leave too little to tell jitter from chance."""


@dataclass(frozen=True)
class Spacing:
    """`growth`: median of the later gaps over that of the earlier; `jitter`: how far gaps stray from their rule.

    `is_fixed`: all gaps are the same; `is_flat`: they do not grow, and there are enough of them to say so;
    `is_exact`: they follow a rule without chance, up to `cap_s` where that was seen.
    """

    gaps: tuple[float, ...] = ()
    growth: float | None = None
    jitter: float | None = None
    cap_s: float | None = None
    is_fixed: bool = False
    is_flat: bool = False
    is_exact: bool = False
    is_exact_at_cap: bool = False
    """Only its delays at the cap are without chance."""

    @property
    def typical_s(self) -> float:
        """The median of the gaps."""
        return median(self.gaps)


def spacing(tries: Sequence[Tries], since_ns: int, before: Sequence[Sequence[float]] = ()) -> Spacing:
    """The spacing of tries that began after `since_ns`; what came several at once is spread over its time.

    `before` is the gaps about earlier faults: delays that come again one by one are without chance.
    """
    found = tuple(gaps(tries, since_ns))
    if sum(one.count for one in tries if one.at_ns >= since_ns) < FEWEST_TRIES:
        return Spacing()
    half = len(found) // 2
    is_counted = any(one.count > 1 for one in tries)  # how those lay within their second was not seen
    rule = None if is_counted or median(found) < _TOO_SHORT_S else fit(found[:_ENOUGH])
    is_again = rule is not None and any(is_same(found, one) for one in before)
    cap_s = rule.cap_s if rule is not None and rule.is_exact else None
    is_fixed = max(found) / min(found) < SAME_WITHIN and len(found) >= FEWEST_SAME
    return Spacing(
        gaps=found,
        growth=median(found[-half:]) / median(found[:half]),
        jitter=None if rule is None else rule.jitter if not is_again else min(rule.jitter, 0.01),
        cap_s=None if is_fixed else cap_s,
        is_fixed=is_fixed,
        is_flat=is_fixed or (cap_s is None and _is_flat(found)),
        is_exact=rule is not None and (is_again or (rule.is_exact and not _is_first_by_chance(found, before))),
        is_exact_at_cap=rule is not None and rule.is_rule_of_cap and not is_again,
    )


def gaps(tries: Sequence[Tries], since_ns: int) -> list[float]:
    """Seconds between tries; the first is that before the first try, unless that came at once."""
    found: list[float] = []
    before_ns = since_ns
    for one in tries:
        if one.at_ns < since_ns:
            continue
        each_s = max(LEAST_GAP_S, (one.at_ns - before_ns) / one.count / 1e9)
        is_first = before_ns == since_ns
        found += [each_s] * min(one.count - (is_first and each_s < AT_ONCE_S), _MANY)
        before_ns = one.at_ns
    return found[:_MANY]


def _is_first_by_chance(found: Sequence[float], before: Sequence[Sequence[float]]) -> bool:
    """Whether all but the first gap came again: only the first is jittered, as RFC 6455, 7.2.3 suggests."""
    return any(is_same(found[1:], one[1:]) and not is_same(found[:1], one[:1], fewest=1) for one in before)


def _is_flat(found: Sequence[float]) -> bool:
    if len(found) < FEWEST_FLAT:
        return False
    rest = median(found[2:])
    is_long_from_the_start = found[0] >= FIRST_FROM * rest and fmean(found[:2]) >= FLAT_FROM * rest
    return is_long_from_the_start and pstdev(found) < FLAT_SPREAD * fmean(found)
