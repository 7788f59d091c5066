"""Findings as the NDJSON contract has them."""

from typing import Any

from msgspec.structs import asdict

from wsmonitor.diagnosis.findings import Finding, PastFinding


def finding_record(finding: Finding) -> dict[str, Any]:
    """A finding as the contract has it; `confidence_of` is the make-up of its confidence."""
    confidence, pending = finding.confidence, finding.pending
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "confidence": confidence.value,
        "basis": finding.basis,
        "summary": finding.sentence,
        "evidence": [row.text for row in finding.evidence],
        "fix": finding.fix,
        "confidence_of": {
            "support": round(confidence.support, 3),
            "spread": round(confidence.spread, 3),
            "exclusivity": round(confidence.exclusivity, 3),
        },
        "counter_evidence": [row.text for row in finding.counter_evidence],
        "also_considered": [asdict(one) for one in finding.also_considered],
        "pending": None if pending is None else {"have": pending.have, "need": pending.need},
        "limit_s": None if finding.limit_ns is None else finding.limit_ns / 1e9,
    }


def past_record(past: PastFinding) -> dict[str, Any]:
    """A finding that stood once, as it was said last, and why it stands no more."""
    return {"how": past.how, "reason": past.reason, "finding": finding_record(past.finding)}
