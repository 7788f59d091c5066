"""What the rules say of a session of a tap."""

from tests.corpus.history import ns
from tests.corpus.tapped_session import Session
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.diagnosis.findings import Finding
from wsmonitor.diagnosis.rules import RULES

RULES_OF_TAPS = {rule.id for rule in RULES if ".tapped." in rule.judge.__module__}


def findings(session: Session) -> list[Finding]:
    """Everything that is claimed."""
    analyzer = Analyzer(ns(0), 0)
    analyzer.add_endpoint(session.config)
    analyzer.feed(session.stated())
    [summary] = analyzer.summary(session.stated()[-1].at_ns)
    return [one for one in summary.findings if one.pending is None]


def everything(session: Session) -> set[str]:
    """All rules that claim something."""
    return {one.rule for one in findings(session)}


def found(session: Session) -> set[str]:
    """The rules about clients that claim something."""
    return everything(session) & RULES_OF_TAPS
