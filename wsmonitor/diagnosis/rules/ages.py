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
    return any(
        record.opened_ns >= since_ns and record.age_ns(evidence.now_ns) > limit_ns for record in evidence.all_records
    )


def of_that_age(records: Sequence[ConnectionRecord], cluster: Cluster) -> list[ConnectionRecord]:
    """All that ended at this age, those that ended in one moment with another included."""
    reach_ns = max(cluster.width, cluster.allowed / 2)
    return [record for record in records if abs(record.life_ns - cluster.middle) <= reach_ns]
