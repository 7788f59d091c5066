"""Asks the analysis what it makes of a history."""

from tests.corpus.history import START_NS, History
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.diagnosis.findings import Finding, PastFinding, Pending


def all_findings(history: History, end_s: float = 0.0) -> tuple[Finding, ...]:
    """Everything that stands about the first endpoint at the end, pending ones included."""
    return _summary(history, end_s).findings


def past_findings(history: History, end_s: float = 0.0) -> tuple[PastFinding, ...]:
    """Everything that stood about it before, and no more at the end."""
    return _summary(history, end_s).past


def found(history: History, end_s: float = 0.0) -> set[str]:
    """The ids of what is claimed."""
    return {finding.rule for finding in all_findings(history, end_s) if finding.pending is None}


def finding(history: History, rule: str, end_s: float = 0.0) -> Finding:
    """The finding of this rule, which must be claimed."""
    return next(one for one in all_findings(history, end_s) if one.rule == rule and one.pending is None)


def pending(history: History, rule: str) -> Pending | None:
    """What is missing for this rule, if it asks for more."""
    return next((one.pending for one in all_findings(history) if one.rule == rule), None)


def _summary(history: History, end_s: float) -> EndpointSummary:
    analyzer = Analyzer(START_NS, START_NS)
    for config in history.configs:
        analyzer.add_endpoint(config)
    events = history.finished(end_s)
    analyzer.feed(events)
    return analyzer.summary(events[-1].at_ns)[0]
