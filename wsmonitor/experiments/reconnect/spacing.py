"""Pure: how the tries of a client are spaced, and by which rule without chance. Less than three say nothing."""

import math
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean, median, pstdev

from msgspec import Struct
from msgspec.structs import replace

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


class Spacing(Struct, frozen=True):
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


FEWEST_MORE, FEWEST_MORE_LOOSE = 2, 4
"""So many gaps more than a rule has free numbers: fewer fit by chance."""
FEWEST_AT_CAP = 4
"""So many equal gaps at the end are a cap where the gaps before them follow no other rule."""
SHARE, SLACK_S = 0.01, 0.02
"""Timers and a busy machine move a gap by so much; jitter that is meant moves it further."""
_LINE = 3
"""Gaps from which a growth is read."""
_FREE_OF_A_LINE = 2


class Fit(Struct, frozen=True):
    """The rule that fits best. `jitter`: how far gaps stray from it (0.1: 10 %). `cap_s`: where growing ends.

    `is_exact`: they stray no further than timers do.
    """

    jitter: float
    is_exact: bool
    cap_s: float | None = None
    is_rule_of_cap: bool = False
    """Only of the delays at the cap: those before it follow no rule."""


def fit(gaps: Sequence[float]) -> Fit | None:
    """The best rule for gaps above 0; `None` where they are too few for any."""
    fits = [one for rests, free, cap_s in _rules(gaps) if (one := _fit(gaps, rests, free, cap_s)) is not None]
    fits += [replace(one, is_rule_of_cap=True) for one in _fits_of_cap(gaps)]
    return min(fits, key=lambda one: one.jitter, default=None)


def is_same(gaps: Sequence[float], before: Sequence[float], *, fewest: int = _LINE) -> bool:
    """Whether they are those of another time, one by one, as far as both go."""
    pairs = list(zip(gaps, before, strict=False))
    return len(pairs) >= fewest and all(abs(one - other) <= SHARE * one + SLACK_S for one, other in pairs)


def _fit(gaps: Sequence[float], rests: Sequence[float], free: int, cap_s: float | None) -> Fit | None:
    """The rule as it fits, if there are gaps enough.

    Of rules with a cap there are many to try: where only some gaps are left, one of them fits by chance, so it has to
    fit exactly, and with the fewest even twice so.
    """
    spare = len(gaps) - free
    if spare < FEWEST_MORE:
        return None
    shares = [rest / (SHARE + SLACK_S / gap) for rest, gap in zip(rests, gaps, strict=True)]
    is_capped = free > _FREE_OF_A_LINE
    limit = 0.5 if is_capped and spare == FEWEST_MORE else 1.0
    is_exact = math.sqrt(sum(one * one for one in shares) / spare) < limit
    if is_capped and not is_exact and spare < FEWEST_MORE_LOOSE:
        return None
    return Fit(math.sqrt(sum(one * one for one in rests) / spare), is_exact, cap_s)


def _rules(gaps: Sequence[float]) -> Iterator[tuple[list[float], int, float | None]]:
    """Each rule as what is left of the logarithms of the gaps, how many numbers were free, and its cap."""
    count = len(gaps)
    yield _level(gaps), 1, None
    for line in (_geometric, _linear):
        if count > _LINE and (rests := line(gaps)) is not None:
            yield rests, _FREE_OF_A_LINE, None
        for grown in range(_LINE, count):  # the last one or more are at the cap
            head, tail = gaps[:grown], gaps[grown:]
            if (rests := line(head)) is not None and tail[0] > head[0]:
                yield [*rests, *_level(tail)], _FREE_OF_A_LINE + 1, fmean(tail) if len(tail) > 1 else None


def _fits_of_cap(gaps: Sequence[float]) -> Iterator[Fit]:
    """Where one or two gaps are as they like, and all others are the same."""
    for grown in (1, 2):
        if len(gaps) - grown >= FEWEST_AT_CAP:
            rests = [*[0.0] * grown, *_level(gaps[grown:])]
            if (one := _fit(gaps, rests, 1 + grown, fmean(gaps[grown:]))) is not None:
                yield one


def _level(gaps: Sequence[float]) -> list[float]:
    logs = [math.log(gap) for gap in gaps]
    mean = fmean(logs)
    return [one - mean for one in logs]


def _geometric(gaps: Sequence[float]) -> list[float] | None:
    logs = [math.log(gap) for gap in gaps]
    line = _straight(logs)
    return [one - line(at) for at, one in enumerate(logs)]


def _linear(gaps: Sequence[float]) -> list[float] | None:
    line = _straight(gaps)
    expected = [line(at) for at in range(len(gaps))]
    if min(expected) <= 0:
        return None
    return [math.log(gap / one) for gap, one in zip(gaps, expected, strict=True)]


def _straight(values: Sequence[float]) -> Callable[[int], float]:
    middle, mean = (len(values) - 1) / 2, fmean(values)
    spread = sum((at - middle) ** 2 for at in range(len(values)))
    slope = sum((at - middle) * (one - mean) for at, one in enumerate(values)) / spread
    return lambda at: mean + slope * (at - middle)
