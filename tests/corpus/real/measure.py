"""How right the first finding was: each run once, and every claim against how sure it was."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.corpus.labelled import CONSEQUENCES
from tests.corpus.real.recorded import Recording
from tests.corpus.real.truth import RIGHT, SHARED, TRUE_BESIDES
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.diagnosis.findings import Finding, FindingStated

OUTCOMES = ("right first", "right, not first", "missed", "wrong at 0.8", "wrong at 0.5", "wrong below")
SURE, RATHER = 0.8, 0.5


@dataclass
class Measured:
    """Counts of outcomes for runs with a fault, of healthy ones, and of claims by how sure they were."""

    outcomes: Counter[str] = field(default_factory=Counter)
    healthy: int = 0
    alarmed: int = 0
    claims: Counter[str] = field(default_factory=Counter)
    true_claims: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """Runs with a planted fault."""
        return self.outcomes.total()

    def add(self, other: "Measured") -> None:
        """Take in another's counts."""
        self.outcomes += other.outcomes
        self.claims += other.claims
        self.true_claims += other.true_claims
        self.healthy += other.healthy
        self.alarmed += other.alarmed
        self.lines += other.lines


def measure(runs: Iterable[Recording]) -> list[tuple[Recording, Measured]]:
    """Judge every run, each by itself."""
    return [(run, _measured(run)) for run in runs]


def total(judged: Iterable[tuple[Recording, Measured]]) -> Measured:
    """All of them together."""
    together = Measured()
    for _, one in judged:
        together.add(one)
    return together


def findings_of(run: Recording) -> tuple[list[Finding], set[str]]:
    """What stands when our own stop ends the run, and what above info was ever said."""
    start_ns = run.events[0].at_ns
    analyzer = Analyzer(start_ns, start_ns)
    analyzer.add_endpoint(run.config)
    analyzer.feed(run.events)
    summary = analyzer.summary(run.events[-1].at_ns)[0]
    ever = {
        change.finding.rule
        for change in analyzer.take_finding_changes()
        if isinstance(change, FindingStated) and change.finding.severity != "info"
    }
    return [finding for finding in summary.findings if finding.pending is None], ever


def band(finding: Finding) -> str:
    """How sure it was, in three bands."""
    value = finding.confidence.value
    return "0.8 and more" if value >= SURE else "0.5 to 0.8" if value >= RATHER else "below 0.5"


def _measured(run: Recording) -> Measured:
    one = Measured()
    found, ever = findings_of(run)
    told = [finding for finding in found if finding.severity != "info" and finding.rule not in CONSEQUENCES]
    for finding in told:
        one.claims[band(finding)] += 1
        one.true_claims[band(finding)] += _is_true(run, finding)
    shown = ", ".join(f"{finding.rule} {finding.confidence.value:.2f}" for finding in told) or "nothing"
    if run.fault == "healthy":
        one.healthy = 1
        one.alarmed = bool(ever)
        if ever:
            one.lines.append(f"{run.name}: alarmed: {', '.join(sorted(ever))} {_details(run)}")
        return one
    outcome = _outcome(run, told)
    one.outcomes[outcome] += 1
    if outcome != "right first":
        one.lines.append(f"{run.name}: {outcome}: {shown} {_details(run)}")
    return one


def _outcome(run: Recording, told: list[Finding]) -> str:
    if not told:
        return "missed"
    first = told[0]
    if _is_right(run, first):
        return "right first"
    if any(_is_right(run, finding) for finding in told):
        return "right, not first"
    value = first.confidence.value
    return "wrong at 0.8" if value >= SURE else "wrong at 0.5" if value >= RATHER else "wrong below"


def _is_right(run: Recording, finding: Finding) -> bool:
    if finding.rule in RIGHT[run.fault]:
        return True
    if finding.rule not in SHARED.get(run.fault, frozenset()) or finding.confidence.value >= SURE:
        return False
    return any(one.rule in RIGHT[run.fault] and not one.ruled_out for one in finding.also_considered)


def _is_true(run: Recording, finding: Finding) -> bool:
    return _is_right(run, finding) or finding.rule in TRUE_BESIDES.get(run.fault, frozenset())


def _details(run: Recording) -> str:
    told = {name: value for name, value in run.parameters.items() if name not in ("server", "app_ping", "app_pong")}
    words = " ".join(f"{name}={value}" for name, value in told.items())
    return f"[{words} voice={run.voice} pings={run.config.ping.enabled} n={run.config.connections}]"
