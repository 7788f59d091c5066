"""Runs the analysis over labelled histories and counts: found, missed, made up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.corpus.labelled import Labelled
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.diagnosis.findings import Finding, FindingStated
from wsmonitor.diagnosis.rules import RULES


@dataclass
class Score:
    """Counts for each rule; `wrong` names every history that was not judged as labelled."""

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    made_up: Counter[str] = field(default_factory=Counter)
    misses: Counter[str] = field(default_factory=Counter)
    """Near misses: histories of other labels, for each rule."""
    wrong: list[str] = field(default_factory=list)
    histories: int = 0

    def precision(self, rule: str | None = None) -> float:
        """Of what was said, the part that is true; 1 where nothing was said."""
        found, made_up = self._of(self.found, rule), self._of(self.made_up, rule)
        return found / (found + made_up) if found + made_up else 1.0

    def recall(self, rule: str | None = None) -> float:
        """Of what is true, the part that was said."""
        found, missed = self._of(self.found, rule), self._of(self.missed, rule)
        return found / (found + missed) if found + missed else 1.0

    @staticmethod
    def _of(counter: Counter[str], rule: str | None) -> int:
        return counter.total() if rule is None else counter[rule]


def score(histories: Iterable[Labelled]) -> Score:
    """Judge every history."""
    total = Score()
    for history in histories:
        total.histories += 1
        said, ever = judged(history)
        rules = {finding.rule for finding in said}
        total.found.update(rules & history.expected)
        total.missed.update(history.expected - rules)
        made_up = rules - history.expected - history.allowed
        if history.is_healthy:
            made_up = (made_up - {finding.rule for finding in said if finding.severity == "info"}) | ever.keys()
        total.made_up.update(made_up)
        total.misses.update(rule.id for rule in RULES if rule.id not in history.expected)
        limit = wrong_limit(history, said)
        if made_up or history.expected - rules or limit:
            missing = sorted(history.expected - rules)
            total.wrong.append(f"{history.name}: missed {missing}, made up {sorted(made_up)}{limit}")
    return total


def judged(history: Labelled) -> tuple[list[Finding], dict[str, float]]:
    """What stands at the end about the first endpoint, and all above info that was ever said about any: how surely."""
    start_ns = history.events[0].at_ns
    analyzer = Analyzer(start_ns, start_ns)
    for config in history.configs:
        analyzer.add_endpoint(config)
    analyzer.feed(history.events)
    summary = analyzer.summary(history.events[-1].at_ns)[0]
    ever: dict[str, float] = {}
    for change in analyzer.take_finding_changes():
        if isinstance(change, FindingStated) and change.finding.severity != "info":
            finding = change.finding
            ever[finding.rule] = max(finding.confidence.value, ever.get(finding.rule, 0.0))
    return [finding for finding in summary.findings if finding.pending is None], ever


def wrong_limit(history: Labelled, said: list[Finding]) -> str:
    """Words about a limit that is off by more than 5 %, if one is."""
    if history.limit_s is None:
        return ""
    limits = [finding.limit_ns / 1e9 for finding in said if finding.limit_ns and finding.rule in history.expected]
    if any(abs(limit - history.limit_s) <= 0.05 * history.limit_s for limit in limits):
        return ""
    return f", limits {limits} instead of {history.limit_s}"
