"""What the silent connections say together: a limit, none, an outage, or nothing that fits."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wsmonitor.experiments.idle.lives import Life

Kind = Literal["announced", "forgotten", "none", "common", "mixed", "unknown"]
JITTER = 0.05
"""Ages that differ by more are a range, not a limit."""
WILD = 0.5
"""Ages that differ by more have nothing in common."""
TOGETHER_NS = 200_000_000
"""What ends within this time ended at one moment; openings are further apart."""
FEWEST_TOGETHER = 3
REPLACED_NS = 500_000_000
"""A connection that ends so soon after a later one opened made room for it."""
FEWEST_REPLACED = 3
MOST_ALLOWED = 31


@dataclass(frozen=True)
class Silence:
    """`announced` and `forgotten` have a bracket in nanoseconds: the limit is between `low_ns` and `high_ns`."""

    kind: Kind
    low_ns: int = 0
    high_ns: int = 0
    samples: int = 0
    agreeing: int = 0
    median_ns: int = 0
    """Of ages that were seen: one that we were told late does not move it."""

    @property
    def middle_ns(self) -> int:
        """The best single number."""
        return self.median_ns or (self.low_ns + self.high_ns) // 2

    @property
    def error_ns(self) -> int:
        """How far the truth may be from it."""
        return max(self.high_ns - self.middle_ns, self.middle_ns - self.low_ns)

    @property
    def has_limit(self) -> bool:
        """Whether something ends a silent connection."""
        return self.kind in ("announced", "forgotten")


def read_silence(lives: Sequence[Life]) -> Silence:
    """What these lives of group S say."""
    done = [life for life in lives if life.is_done and life.ending != "refused"]
    if not done:
        return Silence("unknown")
    announced = [life for life in done if life.ending == "announced"]
    forgotten = [life for life in done if life.ending in ("reset", "forgotten")]
    survived = [life for life in done if life.survived]
    if is_common(announced):
        return Silence("common", samples=len(announced))
    if announced and forgotten:
        return Silence("mixed", samples=len(done))
    if announced:
        return _announced(announced, survived)
    longest_ns = max((life.silent_ns for life in survived), default=0)
    if not forgotten:
        return Silence("none", longest_ns, longest_ns, len(survived), len(survived))
    shortest_ns = min(life.silent_ns for life in forgotten)
    below = max((life.silent_ns for life in survived if life.silent_ns < shortest_ns), default=0)
    if longest_ns > shortest_ns:  # a longer silence was survived than one that was not
        return Silence("mixed", samples=len(done))
    return Silence("forgotten", below, shortest_ns, len(done), len(done))


def _announced(announced: Sequence[Life], survived: Sequence[Life]) -> Silence:
    ages = [life.age_ns for life in announced]
    middle_ns = statistics.median(ages)
    agreeing = sum(abs(age - middle_ns) <= WILD / 2 * middle_ns for age in ages)
    contradicted = any(life.silent_ns > max(ages) * (1 + JITTER) for life in survived)
    if contradicted or max(ages) - min(ages) > WILD * middle_ns:
        return Silence("mixed", min(ages), max(ages), len(ages), agreeing)
    return Silence("announced", min(ages), max(ages), len(ages), len(ages), round(middle_ns))


def is_common(ended: Sequence[Life]) -> bool:
    """Whether these ended at one moment although they were opened at different ones: an outage, no timer."""
    if len(ended) < FEWEST_TOGETHER:
        return False
    moments = [life.ended_ns for life in ended]
    ages = [life.age_ns for life in ended]
    return max(moments) - min(moments) < min(TOGETHER_NS, (max(ages) - min(ages)) // 2)


def is_replaced(lives: Sequence[Life]) -> bool:
    """Whether connections end as the n-th after them opens: a server that allows so many a user.

    Openings are unevenly apart, so a timer's ages agree better than the times since that opening.
    """
    opened = sorted(life.opened_ns for life in lives)
    early = [life for life in lives if life.ending in ("announced", "refused")]
    if len(early) < FEWEST_REPLACED:
        return False
    ages = [life.age_ns for life in early]
    for allowed in range(1, MOST_ALLOWED + 1):
        delays = [_since_opening(life, opened, allowed) for life in early]
        known = [delay for delay in delays if delay is not None]
        agree = len(known) == len(delays) and max(known) - min(known) < (max(ages) - min(ages)) / 2
        if agree and max(map(abs, known)) < REPLACED_NS:
            return True
    return False


def _since_opening(life: Life, opened: Sequence[int], later: int) -> int | None:
    """How long after the `later`-th opening that followed its own it ended; None without so many openings."""
    following = [at_ns for at_ns in opened if at_ns > life.opened_ns]
    return life.ended_ns - following[later - 1] if len(following) >= later else None


def is_range(silence: Silence) -> bool:
    """Whether the limit varies by itself: its ages differ by more than 5 %."""
    return silence.kind == "announced" and silence.high_ns - silence.low_ns > JITTER * silence.middle_ns
