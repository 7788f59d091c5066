"""Round trips grow and the kernel sees it: a queue or loss on the path."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.diagnosis.rules.while_open import rtt_ramp


def judge(evidence: Evidence) -> Judgement:
    found = [ramp for ramp in rtt_ramp.ramps(evidence) if ramp.on_the_path]
    if not found:
        return None
    return Match(
        sentence="Round trips grow and grow, and the kernel sees it too: congestion, bufferbloat or loss on the path.",
        confidence=rtt_ramp.confidence(found),
        evidence=rtt_ramp.evidence_rows(found),
        fix="Look for what else fills the line; send smaller batches; check Wi-Fi and QoS.",
    )


RULE = Rule(
    id="rtt_ramp_network",
    title="growing round trips on the path",
    severity="warning",
    judge=judge,
    needs=needs.long_round_trips,
    source="RFC 7567 (queues that fill up on the way)",
    reads="round trips in order; the kernel's round trip and retransmits",
    samples=rtt_ramp.LEAST_SAMPLES,
    look_alikes=(LookAlike("rtt_ramp_server", "the kernel's round trip rose as well"),),
)
