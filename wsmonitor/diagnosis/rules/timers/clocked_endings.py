"""Connections end by a clock of the server's: every n seconds a job ends those that are old, idle or in the way.

Their lives are of many lengths, their ends keep step. Told from a limit for each connection by which of the two agrees
more closely, and from a restart by the openings that go on working.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import log10

from msgspec import Struct

from wsmonitor.diagnosis.clusters import at_least
from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, support
from wsmonitor.diagnosis.rules.candidates import may_be_timed, one_of_each_moment, said_words, those, weight_of_codes
from wsmonitor.diagnosis.rules.round_trips import median
from wsmonitor.diagnosis.rules.rows import closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule
from wsmonitor.text.units import duration

NEED = 4
_LEAST_NS = 1_000_000_000
_CLOSE = 0.03
_SLACK_NS = 80_000_000
_PARTS = 8
"""A connection that dials slowly misses so many beats of the clock at most."""
_TIGHTER = 0.4
"""The steps must agree so much more closely than the lives do."""
_OURS = 0.1
"""Where connections live for so little of the step, it is our redialling after equal pauses that keeps it."""
_SHARE = 0.7
_CHANCE_LIMIT = 0.002
"""Two ends make any step; how often chance would put the others on it."""
_BEYOND_DOUBT = 1e-5
"""An accident this rare is out of the question; four ends that keep step are hardly ever that rare."""
_LEAST_SURE = 0.65
"""Of a clock whose ends lives that are alike explain as well."""
_OF_WHAT = 0.85
"""That a clock does it is sure; whether a sweep, a schedule or a restart, is not."""


class Clock(Struct, frozen=True):
    """A step that ends keep: how long, which ends, and when the next is due."""

    step_ns: int
    records: tuple[ConnectionRecord, ...]
    of: int
    next_ns: int
    chance: float
    """How often lives as alike as these would keep a step as well."""


def judge(evidence: Evidence) -> Judgement:
    clock = clock_of(one_of_each_moment(those(evidence.unexplained, may_be_timed)))
    if clock is None:
        return None
    members = [one for one in those(evidence.unexplained, may_be_timed) if _is_on(clock, one.ended_ns)]
    step = duration(clock.step_ns)
    in_ns = clock.next_ns - evidence.now_ns
    due = f" The next is due in {duration(in_ns)}." if in_ns > 0 else ""
    return Match(
        sentence=f"Connections end by a clock, every {step}, whatever their age: a job, a schedule or a restart"
        f"{said_words(members)}.{due}",
        confidence=Confidence(
            support=support(len(clock.records)),
            spread=max(_LEAST_SURE, min(1.0, log10(max(clock.chance, 1e-9)) / log10(_BEYOND_DOUBT))),
            exclusivity=_OF_WHAT * share_exclusivity(len(clock.records), clock.of) * weight_of_codes(members),
        ),
        evidence=closure_rows(members),
        fix=f"Look for what the server, or its proxy, does every {step}: a sweep over old or idle sessions, a "
        "reload, a timer that looks only so often. Its own limit may be shorter than that.",
        explains=frozenset(one.serial for one in members),
        rivals=(Rival("server_restarts", "a restart that is quick enough refuses no opening", ""),),
        limit_ns=clock.step_ns,
    )


def clock_of(records: Sequence[ConnectionRecord]) -> Clock | None:
    """The step that these ends keep, if they keep one more closely than their lives agree."""
    if len(records) < NEED:
        return None
    moments = [record.ended_ns for record in records]
    step_ns, on_step, tried = _step(moments)
    if step_ns < _LEAST_NS:
        return None
    fitting = [record for record in records if record.ended_ns in on_step]
    offs = [_off(moment - on_step[0], step_ns) for moment in on_step]
    width = max(_SLACK_NS / 4, max(offs) - min(offs)) / step_ns
    lives = [record.life_ns for record in fitting]
    others, on = len(records) - 2, len(fitting) - 2
    if tried * at_least(others, on, min(1.0, 2 * width)) > _CHANCE_LIMIT:
        return None
    apart = max(1e-3, min(1.0, (max(lives) - min(lives)) / step_ns))  # lives that are alike keep a step by themselves
    chance = min(1.0, tried * at_least(others, on, min(1.0, 2 * width / apart)))
    if max(offs) - min(offs) > _TIGHTER * (max(lives) - min(lives)) or median(lives) < _OURS * step_ns:
        return None
    return Clock(round(step_ns), tuple(fitting), len(records), round(fitting[-1].ended_ns + step_ns), chance)


def _step(moments: Sequence[int]) -> tuple[float, list[int], int]:
    """The longest step that nearly all moments keep, which do, and how many choices that was; 0 without one."""
    steps = [later - earlier for earlier, later in pairwise(moments)]
    middle_ns = median(steps)
    for part in range(1, _PARTS + 1):
        candidate = middle_ns / part
        if candidate < _LEAST_NS / 2:  # no clock that is told of
            break
        multiples = [round(step / candidate) for step in steps]
        if 0 in multiples:
            continue
        on_step = _keeping(moments, sum(steps) / sum(multiples))
        beats = round((on_step[-1] - on_step[0]) / candidate)
        if beats:
            refined = (on_step[-1] - on_step[0]) / beats
            on_step = _keeping(moments, refined)
            if len(on_step) >= max(NEED, _SHARE * len(moments)):
                return refined, on_step, part * len(moments)
    return 0.0, [], 0


def _keeping(moments: Sequence[int], step_ns: float) -> list[int]:
    """The most moments that lie whole steps from one of them: others came late, or do not belong there."""
    allowed_ns = max(_SLACK_NS, _CLOSE * step_ns)
    if 2 * allowed_ns >= step_ns:
        return list(moments)
    phases = [moment % step_ns for moment in moments]
    around = sorted([*phases, *(phase - step_ns for phase in phases), *(phase + step_ns for phase in phases)])
    near = [bisect_right(around, phase + allowed_ns) - bisect_left(around, phase - allowed_ns) for phase in phases]
    anchor = moments[near.index(max(near))]
    return [moment for moment in moments if abs(_off(moment - anchor, step_ns)) <= allowed_ns]


def _off(distance_ns: float, step_ns: float) -> float:
    return distance_ns - round(distance_ns / step_ns) * step_ns


def _is_on(clock: Clock, at_ns: int) -> bool:
    off = _off(at_ns - clock.records[-1].ended_ns, clock.step_ns)
    return abs(off) <= max(2 * _SLACK_NS, 2 * _CLOSE * clock.step_ns)


RULE = Rule(
    id="clocked_endings",
    title="ends by a clock",
    judge=judge,
    reads="moments of closures, and how closely they keep a common step",
    samples=NEED,
    endings=may_be_timed,
    look_alikes=(
        LookAlike("lifetime_limit", "the ages differ while the moments keep step"),
        LookAlike("shared_outage", "it comes back at the same step"),
    ),
)
