"""The first bytes after a quiet spell are answered with RST: something on the way forgot the connection."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.diagnosis.memory.survived import NEAR
from wsmonitor.diagnosis.rules.ages import common_age, is_outlived
from wsmonitor.diagnosis.rules.candidates import ended_upon_our_bytes, is_abnormal, reaction_ns, those
from wsmonitor.diagnosis.rules.known_limits import hint
from wsmonitor.diagnosis.rules.patterns.fatal_message import is_one_sort
from wsmonitor.diagnosis.rules.rows import at_closure, closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.text.units import duration

NEED = 3
_QUIET_FACTOR = 8
_QUIET_LEAST_NS = 250_000_000
_AGE_TOLERANCE = 0.02
_OLDER = 1.3
_SURVIVED_FACTOR = 1.05
_SOONEST_NS = 10_000_000_000
"""No usual NAT or firewall forgets sooner (RFC 5382, REQ-5 asks for hours; carriers go down to half a minute)."""
_IN_DOUBT = 0.45
_SHARE = 0.75
"""Of the resets upon our bytes, so many must have come after a quiet spell."""


def judge(evidence: Evidence) -> Judgement:
    records = those(evidence.unexplained, is_abnormal)
    forgotten = [record for record in records if _is_forgotten(record)]
    upon_bytes = sum(_is_reset_upon_bytes(record) for record in records)
    if not forgotten or len(forgotten) < _SHARE * upon_bytes:
        return None  # who resets busy connections as well has another reason
    gaps_ns = sorted(record.gap_before_tx_ns for record in forgotten)
    shortest_ns = gaps_ns[0]
    survived = [record.survived_both for record in evidence.all_records if not record.gappy]
    survived_ns = max([*(one.longest_ns for one in survived), *map(_got_through_ns, evidence.ended)], default=0)
    usual_ns = gaps_ns[len(gaps_ns) // 2]
    escapes = sum(one.times for one in survived if one.longest_ns > NEAR * usual_ns)
    if survived_ns > _SURVIVED_FACTOR * usual_ns or 2 * escapes > len(forgotten):
        return None
    if _is_rather_an_age(evidence, records, usual_ns, len(forgotten)):
        return None
    rows = closure_rows(forgotten, _gap)
    if len(forgotten) < NEED:
        return TooFew(have=len(forgotten), need=NEED, evidence=rows)
    is_one = is_one_sort(evidence, forgotten)
    if is_one and shortest_ns < _SOONEST_NS:
        return None  # the message explains it, and no NAT is so quick
    counter = _counter(forgotten, is_soon=shortest_ns < _SOONEST_NS, is_one=is_one)
    overlap = 0.8 if survived_ns > shortest_ns else 1.0
    exclusivity = overlap * share_exclusivity(len(forgotten), len(records))
    return Match(
        sentence=f"After {duration(shortest_ns)} or more of silence the next bytes are answered with RST: "
        + ("the server, or a proxy, forgets" if shortest_ns < _SOONEST_NS else "a firewall or NAT on the way forgets")
        + " quiet connections.",
        confidence=Confidence(
            support=support(len(forgotten)), exclusivity=min(_IN_DOUBT, exclusivity) if counter else exclusivity
        ),
        evidence=rows,
        counter_evidence=counter,
        fix=f"Send a heartbeat well below {duration(shortest_ns)}, or raise the idle limit of the middlebox."
        + hint(shortest_ns / 1e9, frozenset({"silent_drop"})),
        explains=frozenset(record.serial for record in forgotten),
        limit_ns=shortest_ns,
    )


def _counter(forgotten: list[ConnectionRecord], *, is_soon: bool, is_one: bool) -> tuple[EvidenceRow, ...]:
    rows = []
    if is_soon:
        text = f"no usual NAT or firewall forgets before some {duration(_SOONEST_NS)}"
        rows.append(at_closure(forgotten[-1], text))
    if is_one:
        text = "it was a message of the same sort each time: it may be what ends them"
        rows.append(at_closure(forgotten[-1], text))
    return tuple(rows)


def _is_rather_an_age(evidence: Evidence, records: list[ConnectionRecord], gap_ns: int, of: int) -> bool:
    """True if as many ended at one age that is not just the quiet spell: a ping happened to come then."""
    age = common_age(evidence, records, _AGE_TOLERANCE)
    if age is None or len(age.members) < of or age.middle < _OLDER * gap_ns:
        return False
    return not is_outlived(evidence, [records[index] for index in age.members])


def _is_forgotten(record: ConnectionRecord) -> bool:
    return _is_reset_upon_bytes(record) and record.gap_before_tx_ns >= max(
        _QUIET_LEAST_NS, _QUIET_FACTOR * reaction_ns(record)
    )


def _is_reset_upon_bytes(record: ConnectionRecord) -> bool:
    assert record.verdict is not None
    return record.verdict.mechanism == "rst" and ended_upon_our_bytes(record)


def _got_through_ns(record: ConnectionRecord) -> int:
    """How long it had been quiet when the peer's Close arrived all the same; 0 where none did."""
    verdict = record.verdict
    if verdict is None or verdict.received_code is None:
        return 0
    return min(verdict.silence_rx_ns, verdict.silence_tx_ns)


def _gap(record: ConnectionRecord) -> str:
    return f"right after our first bytes in {duration(record.gap_before_tx_ns)}"


RULE = Rule(
    id="middlebox_reset",
    title="forgotten by a middlebox",
    severity="warning",
    judge=judge,
    source="RFC 5382, REQ-5; AWS NLB idle timeout",
    reads="resets right after our bytes, and the silence before these",
    samples=NEED,
    endings=is_abnormal,
    look_alikes=(
        LookAlike("idle_timeout", "the end waited for our next bytes"),
        LookAlike("message_triggers_close", "it follows the silence, not the sort of message"),
    ),
)
