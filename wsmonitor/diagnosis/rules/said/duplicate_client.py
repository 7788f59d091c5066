"""A second connection of the same client ends the first: two of them fight for one seat."""

from wsmonitor.diagnosis.clusters import at_least
from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, support
from wsmonitor.diagnosis.rules.candidates import is_abnormal, those
from wsmonitor.diagnosis.rules.codes import code_match
from wsmonitor.diagnosis.rules.rows import closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.diagnosis.rules.said.refusal_words import says_replaced
from wsmonitor.facts.events import Verdict
from wsmonitor.text.units import duration

_FIX = (
    "Give each connection an identity of its own, or open only one; look for a second tab, process or a reconnect that "
    "does not wait for the old connection to end."
)
_JUST_BEFORE_NS = 1_000_000_000
NEED = 3
_SHARE = 0.8
_EARLIEST_NS, _LATEST_NS = -20_000_000, 250_000_000
"""An end that a new connection causes comes so soon after its open; the news of both cross on the way."""
_COARSE_NS = 10_000_000
_CHANCE_LIMIT = 0.001
_UNSAID = 0.9
_REFUSING = frozenset({1008, 3000, 3003})


def judge(evidence: Evidence) -> Judgement:
    codes = evidence.config.codes
    records = those(evidence.unexplained, lambda verdict: says_replaced(verdict, codes))
    if not records:
        return _unsaid(evidence)
    return code_match(
        evidence,
        records,
        sentence="The server ends a connection as soon as the same client opens another: the client connects twice.",
        fix=_FIX,
        detail=lambda record: _successor(evidence, record),
    )


def _unsaid(evidence: Evidence) -> Judgement:
    """Each time that we open another connection, one that was open ends at once, without a word."""
    if len({record.slot for record in evidence.ended}) < 2:
        return None
    records = those(evidence.unexplained, _may_be_replaced)
    kicked = {one.serial: lead_ns for one in records if (lead_ns := _lead_ns(evidence, one)) is not None}
    refused = [
        one for one in records if one.serial in kicked and one.verdict and one.verdict.received_code in _REFUSING
    ]
    need = 1 if len(refused) == len(records) else NEED  # after a refusal nobody dials again for a while
    if len(kicked) < need or len(kicked) < _SHARE * max(len(records), _opened_beside(evidence)):
        return None
    span_ns = max(1, records[-1].ended_ns - min(record.opened_ns for record in records))
    waited_ns = max(_COARSE_NS, *map(abs, kicked.values()))
    covered = min(1.0, 2 * waited_ns * len(evidence.all_records) / span_ns)
    if need == NEED and at_least(len(records), len(kicked), covered) > _CHANCE_LIMIT:
        return None
    return Match(
        sentence="Each time that we open another connection, one that was open ends at once: the server seems to allow "
        "this client only one.",
        confidence=Confidence(
            support=support(max(2, len(kicked))), exclusivity=_UNSAID * share_exclusivity(len(kicked), len(records))
        ),
        evidence=closure_rows(
            [record for record in records if record.serial in kicked], lambda record: _successor(evidence, record)
        ),
        fix=_FIX,
        explains=frozenset(kicked),
    )


def _lead_ns(evidence: Evidence, record: ConnectionRecord) -> int | None:
    """How long before this end another connection of ours opened, if one did just then."""
    leads = [
        record.ended_ns - other.opened_ns
        for other in evidence.all_records
        if other.slot != record.slot and other.opened_ns > record.opened_ns
    ]
    latest_ns = _LATEST_NS + record.round_trip_ns
    return min((lead for lead in leads if _EARLIEST_NS <= lead <= latest_ns), key=abs, default=None)


def _opened_beside(evidence: Evidence) -> int:
    """How many of our connections opened while one in another slot was open."""
    everything = evidence.all_records
    first_ns = min(record.opened_ns for record in everything)
    return sum(
        record.opened_ns > first_ns
        and any(
            other.slot != record.slot
            and other.opened_ns < record.opened_ns < other.opened_ns + other.age_ns(evidence.now_ns) - _EARLIEST_NS
            for other in everything
        )
        for record in everything
    )


def _successor(evidence: Evidence, record: ConnectionRecord) -> str:
    for other in evidence.all_records:
        lead_ns = record.ended_ns - other.opened_ns
        if other is not record and _EARLIEST_NS <= lead_ns <= _JUST_BEFORE_NS and other.opened_ns > record.opened_ns:
            return f"our connection #{other.connection} had opened {duration(max(0, lead_ns))} before"
    return "no other connection of this monitor opened just before: the second one is elsewhere"


def _may_be_replaced(verdict: Verdict) -> bool:
    return (verdict.initiator == "peer" and verdict.received_code is not None) or is_abnormal(verdict)


RULE = Rule(
    id="duplicate_client",
    title="the same client twice",
    judge=judge,
    source="usebruno/bruno issue 8547; graphql-ws 4409",
    reads="codes and reasons of Close frames; other connections of this monitor",
    endings=_may_be_replaced,
    look_alikes=(
        LookAlike("connection_limit", "the older connection ended, not the newest"),
        LookAlike("policy_refusal", "it came with another connection's opening"),
    ),
)
