"""Round trips grow and the kernel sees nothing of it: a queue builds up in the server."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.diagnosis.rules.while_open import rtt_ramp


def judge(evidence: Evidence) -> Judgement:
    found = [ramp for ramp in rtt_ramp.ramps(evidence) if not ramp.on_the_path]
    if not found:
        return None
    asked = any(ramp.kernel_is_flat for ramp in found)
    return Match(
        sentence="Round trips grow and grow while the kernel's stay flat: a queue builds up in the server or a proxy.",
        confidence=rtt_ramp.confidence(found, doubt=1.0 if asked else 0.7),
        evidence=rtt_ramp.evidence_rows(found),
        fix="Look at the server's event loop and queues: pongs wait behind work (uvicorn reads the next frame only "
        "when the application asks for it).",
    )


RULE = Rule(
    id="rtt_ramp_server",
    title="growing round trips in the server",
    severity="warning",
    judge=judge,
    needs=needs.long_round_trips,
    source="uvicorn reads on only after receive()",
    reads="round trips in order; the kernel's round trip and retransmits",
    samples=rtt_ramp.LEAST_SAMPLES,
    look_alikes=(
        LookAlike("rtt_ramp_network", "the kernel's round trip stayed flat"),
        LookAlike("local_stall", "our own loop was in time"),
    ),
)
