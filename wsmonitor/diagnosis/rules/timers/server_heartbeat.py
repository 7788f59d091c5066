"""Ends that come a fixed time after a heartbeat of the server's own which did not get the answer it wants.

Words are not needed for it: the server asks (`2`, a JSON ping), only the application can answer, and each time it hangs
up after the same wait. Protocol pings are answered by themselves, so that an age explains what follows them as well:
the lifetime limit names them.
"""

from msgspec import Struct

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import may_be_timed, one_of_each_moment, those

_ALIKE = 0.12
_SLACK_NS = 150_000_000
_SHARE = 0.7
_PATIENCE = 5
"""Who bears so many questions without an answer wants none."""
_NEED = 2


class Unanswered(Struct, frozen=True):
    """The endings that fit, of how many, and how long after the last heartbeat they came."""

    records: tuple[ConnectionRecord, ...]
    samples: int
    of: int
    wait_ns: int


def unanswered(evidence: Evidence) -> Unanswered | None:
    """The heartbeat whose missing answer ends the connections, if their ends show one."""
    records = those(evidence.unexplained, may_be_timed)
    asked = [record for record in records if 0 < record.peer.unanswered <= _PATIENCE]
    return _alike(asked, records)


def _alike(fitting: list[ConnectionRecord], records: list[ConnectionRecord]) -> Unanswered | None:
    waits_ns = sorted(map(wait_ns, fitting))
    if not waits_ns:
        return None
    middle_ns = waits_ns[len(waits_ns) // 2]
    allowed_ns = max(_SLACK_NS, round(_ALIKE * middle_ns))
    members = [one for one in fitting if abs(wait_ns(one) - middle_ns) <= allowed_ns]
    samples = len(one_of_each_moment(members))
    of = len(one_of_each_moment(records))
    if samples < _NEED or samples < _SHARE * of:
        return None
    return Unanswered(tuple(members), samples, of, middle_ns)


def wait_ns(record: ConnectionRecord) -> int:
    """How long after the last question of the server it ended."""
    return record.ended_ns - record.peer.asked_ns[-1]
