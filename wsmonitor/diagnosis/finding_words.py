"""Findings in one plain line each."""

from wsmonitor.diagnosis.findings import FindingChange, FindingStated, PastFinding
from wsmonitor.text.units import duration


def past_words(past: PastFinding, now_ns: int) -> str:
    """`resolved: no such end since it pings every 6.5 s (for 7 min 02 s).`"""
    if past.how == "withdrawn" or past.newest_ns is None:
        return f"{past.how}: {past.reason}"
    return f"{past.how}: {past.reason.removesuffix('.')} (for {duration(max(0, now_ns - past.newest_ns))})."


def change_words(change: FindingChange) -> str:
    """`finding idle_timeout (problem, 86 %): Connections end after ...`, or that one was withdrawn."""
    if isinstance(change, FindingStated):
        finding = change.finding
        return f"finding {finding.rule} ({finding.severity}, {finding.confidence.value:.0%}): {finding.sentence}"
    return f"finding {change.rule} {change.how}: {change.reason or 'it does not hold any more'}"
