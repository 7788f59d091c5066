"""Numbers that agree more closely than chance allows.

A limit shows as several durations that agree. Among enough random durations some always agree too, so
a cluster counts only if its size is improbable for durations that are spread at random.
"""

from collections.abc import Sequence
from math import comb, log10
from operator import sub

from msgspec import Struct

CHANCE_BUDGET = 0.01
"""Divided by the number of samples, because rules look again with every sample: a cluster that random numbers
would show more often says nothing."""
MIN_SAMPLES = 3
_LOOSE = 0.7
_BEYOND_DOUBT = 1e-4
_NATURAL_SPREAD = 0.3


class Cluster(Struct, frozen=True):
    """The members (indices into the values given), their middle and width, and the odds of an accident."""

    members: tuple[int, ...]
    middle: float
    width: float
    allowed: float
    chance: float

    @property
    def closeness(self) -> float:
        """1 where all agree exactly; little where they fill the tolerance, as things of about one size also do."""
        return 1.0 - _LOOSE * min(1.0, self.width / self.allowed) if self.allowed else 1.0

    @property
    def certainty(self) -> float:
        """1 where an accident is out of the question; less where one history among hundreds would show as much.

        Three numbers that agree to a hundredth are such a case: they pass, and are not to be relied on yet.
        """
        return min(1.0, log10(max(self.chance, 1e-9)) / log10(_BEYOND_DOUBT))


def tightest(values: Sequence[float], *, tolerance: float, slack: float = 0.0, least: float = 0.0) -> Cluster | None:
    """The least accidental cluster of `values` whose members lie within ±`tolerance` of their middle.

    Args:
        slack: a width that is allowed whatever the tolerance says (timers are that coarse).
        least: smaller values are no members, though they count as samples.
    """
    order = sorted((index for index, value in enumerate(values) if value >= least), key=lambda index: values[index])
    ranked = [values[index] for index in order]
    below = [value for value in values if value < least]
    best: Cluster | None = None
    limit = CHANCE_BUDGET / max(1, len(values))
    for size in range(len(ranked), MIN_SAMPLES - 1, -1):
        widths = list(map(sub, ranked[size - 1 :], ranked))
        width = min(widths)
        start = widths.index(width)
        middle = ranked[start + size // 2]
        allowed = max(2 * tolerance * middle, slack)
        if middle <= 0 or width > allowed:
            continue
        outside = below + ranked[:start] + ranked[start + size :]
        scale, counted = _scale(middle, outside), max(width, slack / 10)
        if _from_below(len(values), size, width=counted, scale=scale) > limit:
            continue
        chance = accident(len(values), size, width=counted, scale=scale)
        if best is None or chance < best.chance:
            members = tuple(sorted(order[start : start + size]))
            best = Cluster(members, middle, width, allowed, chance)
    return best if best is not None and best.chance <= limit else None


def accident(samples: int, agreeing: int, *, width: float, scale: float) -> float:
    """How often `agreeing` of `samples` numbers, spread over `scale`, lie within `width` of each other."""
    share = min(1.0, width / scale) if scale > 0 else 1.0
    return min(1.0, samples * at_least(samples - 1, agreeing - 1, share))


def at_least(of: int, number: int, share: float) -> float:
    """How often at least `number` of so many independent trials succeed, each with the odds `share`."""
    return sum(comb(of, count) * share**count * (1 - share) ** (of - count) for count in range(number, of + 1))


def _from_below(samples: int, agreeing: int, *, width: float, scale: float) -> float:
    """A quick bound from below for `accident`: only its first term."""
    share = min(1.0, width / scale) if scale > 0 else 1.0
    others = samples - 1
    odds = share ** (agreeing - 1) * (1 - share) ** (others - agreeing + 1)
    return min(1.0, samples * comb(others, agreeing - 1) * odds)


def _scale(middle: float, outside: Sequence[float]) -> float:
    """Over what numbers without a limit would be spread.

    Lives of one kind (a batch, a visit, a shift) are alike to about a third without any limit, so a few that
    agree prove something only if they agree more closely than that. Where enough others lie elsewhere, these tell.
    """
    if len(outside) < MIN_SAMPLES:
        return _NATURAL_SPREAD * middle
    return min(middle, max(*outside, middle) - min(*outside, middle))
