"""Findings in one plain line each."""

from wsmonitor.diagnosis.findings import FindingChange, FindingStated


def change_words(change: FindingChange) -> str:
    """`finding idle_timeout (problem, 86 %): Connections end after ...`, or that one was withdrawn."""
    if isinstance(change, FindingStated):
        finding = change.finding
        return f"finding {finding.rule} ({finding.severity}, {finding.confidence.value:.0%}): {finding.sentence}"
    return f"finding {change.rule} withdrawn: it does not hold any more"
