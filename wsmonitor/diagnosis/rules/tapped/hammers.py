"""The client comes back at once, time after time: after an outage it comes with every other client."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import ROWS
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.text.units import counted, duration

NEED = 4
AT_ONCE_NS = 100_000_000
_MOSTLY = 0.8
_DONE = 1000
"""Whoever asks again after that begins something new."""


def judge(evidence: Evidence) -> Judgement:
    attempts = [one for one in evidence.clients.attempts if one.code != _DONE]
    hasty = [one for one in attempts if one.gap_ns < AT_ONCE_NS]
    if not hasty or len(hasty) < _MOSTLY * len(attempts):
        return None
    rows = tuple(
        EvidenceRow(
            text=f"asked again {duration(one.gap_ns)} after the last end",
            at_ns=one.at_ns,
            connection=one.connection,
            slot=one.slot,
        )
        for one in reversed(hasty[-ROWS:])
    )
    if len(hasty) < NEED:
        return TooFew(have=len(hasty), need=NEED, evidence=rows)
    slowest = max(one.gap_ns for one in hasty)
    return Match(
        sentence=f"Your client reconnects without a delay: {counted(len(hasty), 'time')} within {duration(slowest)} of "
        "the end, and its attempts do not slow down.",
        confidence=Confidence(support=support(len(hasty)), exclusivity=share_exclusivity(len(hasty), len(attempts))),
        evidence=rows,
        fix="Wait a random time before each attempt and double its range up to a cap (RFC 6455, 7.2.3); reset it only "
        "after a connection has lived for a while.",
    )


RULE = Rule(
    id="hammers",
    title="reconnects without a delay",
    judge=judge,
    needs=needs.was_tap,
    source="RFC 6455, 7.2.3",
    reads="on a tap: the time from an end to the next request, where no other client was there",
    samples=NEED,
    look_alikes=(LookAlike("reconnect_storm", "it is the client before the tap that dials, not this monitor"),),
)
