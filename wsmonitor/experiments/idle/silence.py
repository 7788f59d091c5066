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
MOST_ALLOWED = 8
MADE_ROOM_NS = (-20_000_000, 30_000_000)
"""Whoever makes room at once ends so long after the later one was opened; both times are the server's."""
FEWEST_AT_ONCE = 5
"""One end or another comes with an opening by chance."""
SWEPT = 3
"""So many end at one moment where a server looks from time to time who was silent for too long."""


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
    swept_ns: int = 0
    """The oldest that ended, where the server only looks from time to time; 0 where each has its own timer."""

    @property
    def middle_ns(self) -> int:
        """The best single number."""
        return self.median_ns or (self.low_ns + self.high_ns) // 2

    @property
    def error_ns(self) -> int:
        """How far the truth may be from it: of a limit that varies a little more than was seen."""
        unseen_ns = (self.high_ns - self.low_ns) // self.samples if self.median_ns else 0
        return max(self.high_ns - self.middle_ns, self.middle_ns - self.low_ns) + unseen_ns

    @property
    def latest_ns(self) -> int:
        """The age by which silent connections ended."""
        return max(self.high_ns, self.swept_ns)

    @property
    def is_unspared(self) -> bool:
        """Whether the server only looks from time to time, and no silent connection was seen to be left alone then."""
        return bool(self.swept_ns) and not self.low_ns

    @property
    def has_limit(self) -> bool:
        """Whether something ends a silent connection."""
        return self.kind in ("announced", "forgotten")


def read_silence(lives: Sequence[Life]) -> Silence:
    """What the lives of group S say; of the others only whether they ended together with those."""
    silent = [life for life in lives if life.group == "S"]
    done = [life for life in silent if life.is_done and life.ending != "refused"]
    if not done:
        return Silence("unknown")
    announced = [life for life in done if life.ending == "announced"]
    forgotten = [life for life in done if life.ending in ("reset", "forgotten")]
    survived = [life for life in done if life.survived]
    if is_common(lives):
        return Silence("common", samples=len(announced))
    if announced and forgotten:
        return Silence("mixed", samples=len(done))
    if announced:
        return _swept(silent, announced) or _announced(announced, survived)
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


def _swept(silent: Sequence[Life], announced: Sequence[Life]) -> Silence | None:
    """The limit of a server that ends all that are silent for longer, whenever it looks; None where it does not.

    What ended when it looked had been silent for too long, what lived on had not; without the latter it is not told.
    """
    ages = [life.age_ns for life in announced]
    if max(ages) - min(ages) <= JITTER * statistics.median(ages):
        return None
    looks = [one for one in _moments(announced) if len(one) >= SWEPT]
    if 3 * sum(map(len, looks)) < 2 * len(announced):
        return None
    spared = [
        look[-1].ended_ns - life.opened_ns
        for look in looks
        for life in silent
        if _lived_on(life, look[-1].ended_ns) and not 0 < life.silent_ns < look[-1].ended_ns - life.opened_ns
    ]
    low_ns, high_ns = max(spared, default=0), min(ages)
    if low_ns >= high_ns:
        return None
    if not low_ns:
        return Silence("mixed", 0, high_ns, len(ages), swept_ns=max(ages))
    return Silence("announced", low_ns, high_ns, len(ages), len(ages), swept_ns=max(ages))


def _moments(ended: Sequence[Life]) -> list[list[Life]]:
    """Those that ended together, in order."""
    moments: list[list[Life]] = []
    for life in sorted(ended, key=lambda one: one.ended_ns):
        if moments and life.ended_ns - moments[-1][-1].ended_ns < TOGETHER_NS:
            moments[-1].append(life)
        else:
            moments.append([life])
    return moments


def _lived_on(life: Life, moment_ns: int) -> bool:
    """Whether it was open at that moment and for longer."""
    return life.opened_ns < moment_ns and (not life.is_done or life.ended_ns > moment_ns + TOGETHER_NS)


def is_common(lives: Sequence[Life]) -> bool:
    """Whether all ended at one moment although they were opened at different ones: an outage, no timer."""
    ended = [life for life in lives if life.ending == "announced" and life.is_done]
    if len(ended) < FEWEST_TOGETHER:
        return False
    moments = [life.ended_ns for life in ended]
    ages = [life.age_ns for life in ended]
    is_one = max(moments) - min(moments) < min(TOGETHER_NS, (max(ages) - min(ages)) // 2)
    return is_one and not any(_lived_on(life, max(moments)) for life in lives)


def is_replaced(lives: Sequence[Life], *, late_ns: int = 0) -> bool:
    """Whether connections end as the n-th after them opens: a server that allows so many a user.

    Either at once with it, which nobody can tell who is `late_ns` too late himself; or, where few are allowed, about as
    long after it, where a timer's ages would agree better, as openings are unevenly apart.
    """
    opened = sorted(life.opened_ns for life in lives)
    early = [life for life in lives if life.ending in ("announced", "refused")]
    if len(early) < FEWEST_REPLACED:
        return False
    ages = [life.age_ns for life in early]
    low_ns, high_ns = MADE_ROOM_NS
    for allowed in range(1, len(lives)):
        delays = [_since_opening(life, opened, allowed) for life in early]
        known = [delay for delay in delays if delay is not None]
        if len(known) < len(delays):
            return False
        is_told = len(early) >= FEWEST_AT_ONCE and late_ns < high_ns
        if is_told and low_ns <= min(known) and max(known) <= high_ns:
            return True
        agree = max(known) - min(known) < (max(ages) - min(ages)) / 2
        if allowed <= MOST_ALLOWED and agree and max(map(abs, known)) < REPLACED_NS:
            return True
    return False


def may_have_made_room(lives: Sequence[Life]) -> bool:
    """Whether the oldest of one turn ended as the n-th after them opened, as did all others that one followed."""
    low_ns, high_ns = MADE_ROOM_NS
    for allowed in range(1, len(lives) - 1):
        pairs = zip(lives, lives[allowed:], strict=False)
        if all(life.ending and low_ns <= life.ended_ns - later.opened_ns <= high_ns for life, later in pairs):
            return True
    return False


def _since_opening(life: Life, opened: Sequence[int], later: int) -> int | None:
    """How long after the `later`-th opening that followed its own it ended; None without so many openings."""
    following = [at_ns for at_ns in opened if at_ns > life.opened_ns]
    return life.ended_ns - following[later - 1] if len(following) >= later else None


def is_range(silence: Silence) -> bool:
    """Whether the limit varies by itself: its ages differ by more than 5 %."""
    return silence.kind == "announced" and silence.high_ns - silence.low_ns > JITTER * silence.middle_ns
