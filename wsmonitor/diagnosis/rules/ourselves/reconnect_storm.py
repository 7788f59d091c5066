"""We dial again and again: ten and more times a minute, after losses that nothing else explains."""

from itertools import takewhile

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule

WINDOW_NS = 60_000_000_000
LEAST = 10
LEAST_EACH = 3
_CONSEQUENCE = 0.5
"""A storm follows from whatever ends the connections."""


def judge(evidence: Evidence) -> Judgement:
    if _is_explained(evidence):
        return None
    since_ns = evidence.now_ns - WINDOW_NS
    recent = takewhile(lambda redial: redial.at_ns > since_ns, reversed(evidence.host.redials))
    ours = [redial for redial in recent if redial.endpoint == evidence.config.name]
    if len(ours) < max(LEAST, LEAST_EACH * len({redial.slot for redial in ours})):
        return None
    row = EvidenceRow(text=f"{len(ours)} dials within a minute; the last one here", at_ns=ours[0].at_ns)
    return Match(
        sentence=f"Reconnect storm: at least {LEAST} dials a minute, each after a loss or failure.",
        confidence=Confidence(support=support(len(ours)), exclusivity=_CONSEQUENCE),
        evidence=(row,),
        fix="Raise the base delay of reconnecting, keep the circuit breaker on, and mend what ends the connections.",
    )


def _is_explained(evidence: Evidence) -> bool:
    """Whether another rule says why the newest connection ended, or did not open: the storm follows from that."""
    ended = [(evidence.ended[-1].ended_ns, evidence.ended[-1].serial)] if evidence.ended else []
    failed = [(evidence.failures[-1].at_ns, evidence.failures[-1].serial)] if evidence.failures else []
    newest = max(ended + failed, default=None)
    return newest is not None and newest[1] in evidence.claimed


RULE = Rule(
    id="reconnect_storm",
    title="reconnect storm",
    severity="info",
    judge=judge,
    needs=needs.redials,
    source="RFC 6455, 7.2.3 (delays between attempts)",
    reads="our dials of an endpoint within a minute, where no other rule says why they are needed",
    samples=LEAST,
    look_alikes=(LookAlike("retry_rate", "the dials follow each other too quickly, whether they fail or not"),),
)
