"""Pure: whether gaps between tries follow a rule without chance: constant or growing, perhaps up to a cap."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

FEWEST_MORE, FEWEST_MORE_LOOSE = 2, 4
"""So many gaps more than a rule has free numbers: fewer fit by chance."""
FEWEST_AT_CAP = 4
"""So many equal gaps at the end are a cap where the gaps before them follow no other rule."""
SHARE, SLACK_S = 0.01, 0.02
"""Timers and a busy machine move a gap by so much; jitter that is meant moves it further."""
_LINE = 3
"""Gaps from which a growth is read."""
_FREE_OF_A_LINE = 2


@dataclass(frozen=True)
class Fit:
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
