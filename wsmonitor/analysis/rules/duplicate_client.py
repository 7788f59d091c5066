"""A second connection of the same client ends the first: two of them fight for one seat."""

from wsmonitor.analysis.connection_record import ConnectionRecord
from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.rules.candidates import those
from wsmonitor.analysis.rules.codes import code_match
from wsmonitor.analysis.rules.refusal_words import says_replaced
from wsmonitor.analysis.rules.rule import Judgement, Rule
from wsmonitor.analysis.units import duration

_JUST_BEFORE_NS = 1_000_000_000


def judge(evidence: Evidence) -> Judgement:
    records = those(evidence.unexplained, says_replaced)
    if not records:
        return None
    return code_match(
        evidence,
        records,
        sentence="The server ends a connection as soon as the same client opens another: the client connects twice.",
        fix="Give each connection an identity of its own, or open only one; look for a second tab, process or a "
        "reconnect that does not wait for the old connection to end.",
        detail=lambda record: _successor(evidence, record),
    )


def _successor(evidence: Evidence, record: ConnectionRecord) -> str:
    for other in evidence.all_records:
        lead_ns = record.ended_ns - other.opened_ns
        if other is not record and 0 <= lead_ns <= _JUST_BEFORE_NS:
            return f"our connection #{other.connection} had opened {duration(lead_ns)} before"
    return "no other connection of this monitor opened just before: the second one is elsewhere"


RULE = Rule(
    id="duplicate_client",
    title="the same client twice",
    severity="problem",
    judge=judge,
    source="diagnosis.md E; usebruno/bruno issue 8547; graphql-ws 4409",
    reads="codes and reasons of Close frames; other connections of this monitor",
    samples=1,
    endings=says_replaced,
)
