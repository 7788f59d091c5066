"""Ages at which connections ended: what a lifetime limit would show as, and what speaks against one."""

from collections.abc import Sequence

from wsmonitor.diagnosis.clusters import Cluster, tightest
from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import serials

LEAST_NS = 1_000_000_000
OUTLIVED = 1.03
"""Who lives, or is silent, for longer than the longest that is put down to a limit by this much, contradicts it."""
_SLACK_NS = 60_000_000
_LATE, _LATE_SHARE = 1.5, 0.2
"""A limit may strike so much later where a machine is busy: for so many of those that end as it has it."""


def common_age(evidence: Evidence, records: Sequence[ConnectionRecord], tolerance: float) -> Cluster | None:
    """The age that more of these connections ended at than chance allows."""

    def search() -> Cluster | None:
        lives = [record.life_ns for record in records]
        return tightest(lives, tolerance=tolerance, slack=_SLACK_NS, least=LEAST_NS)

    return evidence.remember(("lives", tolerance), serials(records), search)


def is_outlived(evidence: Evidence, members: Sequence[ConnectionRecord]) -> bool:
    """True if a connection since the first of these became clearly older."""
    since_ns = min(record.opened_ns for record in members)
    limit_ns = OUTLIVED * max(record.life_ns for record in members) + _SLACK_NS
    if any(not record.forced and record.age_ns(evidence.now_ns) > limit_ns for record in evidence.live):
        return True  # whoever lives is older by now than what ended the others
    older = [
        one for one in evidence.all_records if one.opened_ns >= since_ns and _proven_ns(one, evidence.now_ns) > limit_ns
    ]
    return len(older) > _LATE_SHARE * len(members) or any(not _ended_like(one, members, evidence) for one in older)


def _proven_ns(record: ConnectionRecord, now_ns: int) -> int:
    """The age that it surely reached: from a disruption on its end may only not have been seen."""
    age_ns = record.age_ns(now_ns)
    return age_ns if record.disrupted_ns is None else min(age_ns, record.disrupted_ns - record.opened_ns)


def _ended_like(record: ConnectionRecord, members: Sequence[ConnectionRecord], evidence: Evidence) -> bool:
    """True if it ended as these did, only somewhat later."""
    said = {member.verdict.received_code for member in members if member.verdict is not None}
    is_late = record.life_ns <= _LATE * max(member.life_ns for member in members)
    return record in evidence.ended and is_late and record.verdict is not None and record.verdict.received_code in said


def of_that_age(records: Sequence[ConnectionRecord], cluster: Cluster) -> list[ConnectionRecord]:
    """All that ended at this age, those that ended in one moment with another included."""
    reach_ns = max(cluster.width, cluster.allowed / 2)
    return [record for record in records if abs(record.life_ns - cluster.middle) <= reach_ns]
