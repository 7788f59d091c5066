"""The client comes back although it was told not to, or sooner than it was told to."""

from wsmonitor.diagnosis.clients import Attempt
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import ROWS
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.text.units import counted, duration

NEED = 3
_REFUSED = frozenset({401, 403, 404, 410})
_ALMOST = 0.9


def judge(evidence: Evidence) -> Judgement:
    told = [(one, why) for one in evidence.clients.attempts if (why := _told(one, evidence))]
    if not told:
        return None
    rows = tuple(
        EvidenceRow(
            text=f"asked again after {duration(one.gap_ns)}, though {why}",
            at_ns=one.at_ns,
            connection=one.connection,
            slot=one.slot,
        )
        for one, why in reversed(told[-ROWS:])
    )
    if len(told) < NEED:
        return TooFew(have=len(told), need=NEED, evidence=rows)
    return Match(
        sentence=f"Your client does not heed what it is told: it came back {counted(len(told), 'time')} although "
        f"{told[-1][1]}.",
        confidence=Confidence(support=support(len(told))),
        evidence=rows,
        fix="Look at the close code and the status before reconnecting: stop, or get a new token, after a refusal, and "
        "wait as long as Retry-After says; a browser cannot see a status or Retry-After.",
    )


def _told(one: Attempt, evidence: Evidence) -> str:
    """What the client was told and did not heed; empty where there was nothing."""
    if one.code is not None:
        codes = evidence.config.codes
        row = codes.row(one.code)
        course = codes.course(one.code)
        is_final = course == "stop" if course is not None else row is not None and row.reconnect == "no"
        return f"Close {one.code} says not to" if is_final else ""
    if one.retry_after_ns is not None and one.gap_ns < _ALMOST * one.retry_after_ns:
        return f"Retry-After says {duration(one.retry_after_ns)}"
    return f"HTTP {one.status} refused it" if one.status in _REFUSED else ""


RULE = Rule(
    id="ignores_the_answer",
    title="reconnects against what it was told",
    judge=judge,
    needs=needs.was_tap,
    source="RFC 9110, 10.2.3",
    reads="on a tap: requests after a Close or a status that says stop, or before Retry-After is over",
    samples=NEED,
    look_alikes=(
        LookAlike("handshake_refused", "the answer was an upgrade, or a refusal that the client did not take"),
    ),
)
