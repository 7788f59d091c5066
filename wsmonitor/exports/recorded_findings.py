"""Findings of the analysis -> what a recording keeps of them for SQL users."""

from collections.abc import Iterable

from wsmonitor.diagnosis.findings import FindingChange, FindingStated
from wsmonitor.recording import Finding


def recorded_findings(changes: Iterable[FindingChange]) -> list[Finding]:
    """A row each time a finding was stated, with what it said then; one that is pending claims nothing yet."""
    return [
        Finding(
            at_ns=change.at_ns,
            endpoint=change.endpoint,
            rule=change.finding.rule,
            severity=change.finding.severity,
            confidence=change.finding.confidence.value,
            summary=change.finding.sentence,
        )
        for change in changes
        if isinstance(change, FindingStated) and change.finding.pending is None
    ]
