"""We dial again and again: ten and more times a minute, after losses."""

from itertools import takewhile

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, support
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.text.plain_text import visible

WINDOW_NS = 60_000_000_000
LEAST = 10
LEAST_EACH = 3
_CONSEQUENCE = 0.5
"""A storm follows from whatever ends the connections: that comes first."""
_MILDER = ("count_limit", "middlebox_reset", "pings_ignored")
"""Causes of a lower severity, which would be listed below their own consequence."""


def judge(evidence: Evidence) -> Judgement:
    if evidence.ended and evidence.claimed.get(evidence.ended[-1].serial) in _MILDER:
        return None
    since_ns = evidence.now_ns - WINDOW_NS
    recent = list(takewhile(lambda redial: redial.at_ns > since_ns, reversed(evidence.host.redials)))
    if len(recent) < LEAST:
        return None
    slots = {(redial.endpoint, redial.slot) for redial in recent}
    ours = [redial for redial in recent if redial.endpoint == evidence.config.name]
    if len(recent) < LEAST_EACH * len(slots) or len(ours) < LEAST_EACH:
        return None
    row = EvidenceRow(text=f"{len(ours)} of these dials were of this endpoint; the last one here", at_ns=ours[0].at_ns)
    return Match(
        sentence=f"Reconnect storm: at least {LEAST} dials a minute to {visible(evidence.host.name, 80)}, each after a "
        "loss or failure.",
        confidence=Confidence(support=support(len(recent)), exclusivity=_CONSEQUENCE),
        evidence=(row,),
        fix="Raise the base delay of reconnecting, keep the circuit breaker on, and mend what ends the connections.",
    )


RULE = Rule(
    id="reconnect_storm",
    title="reconnect storm",
    severity="problem",
    judge=judge,
    source="RFC 6455, 7.2.3 (delays between attempts)",
    reads="our dials to the host within a minute",
    samples=LEAST,
    look_alikes=(LookAlike("retry_rate", "the dials follow each other too quickly, whether they fail or not"),),
)
