"""Ends that come by the clock: a job, a restart, a schedule. They look like an age where we redial quickly.

With a limit per connection the ages agree, and the pauses between the ends vary with our redialling. With a
schedule it is the other way round: what agrees more closely is what causes the rest.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.rules.round_trips import median

_CLOSER = 0.5
_CLOSER_FEW = 0.3
_FEW = 4
"""Fewer steps than this agree by accident more easily."""
_SAME_MOMENT_NS = 1_000_000_000


def is_by_the_clock(
    members: Sequence[ConnectionRecord],
    values_ns: Sequence[int],
    ended: Iterable[ConnectionRecord],
    *,
    closer: float | None = None,
) -> bool:
    """True if these ends keep a common step much more closely than the values (ages, silences) agree, or by `closer`.

    A step goes from whatever had `ended` before: the next connection was opened then.
    """
    moments = sorted(record.ended_ns for record in ended)
    steps, compared = [], []
    for record, value_ns in zip(members, values_ns, strict=True):
        before = bisect_right(moments, record.ended_ns - _SAME_MOMENT_NS)
        if before:
            steps.append(record.ended_ns - moments[before - 1])
            compared.append(value_ns)
    if len(steps) < 2:
        return False
    step_ns = median(steps)
    multiples = [round(step / step_ns) for step in steps]
    if 0 in multiples:
        return False
    offs = [step - multiple * step_ns for step, multiple in zip(steps, multiples, strict=True)]
    closer = closer or (_CLOSER if len(steps) >= _FEW else _CLOSER_FEW)
    return max(offs) - min(offs) < closer * (max(compared) - min(compared))
