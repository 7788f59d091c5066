"""What an excerpt of a session would not know: the counts before it begins, and what was found until now. Pure."""

from collections import Counter
from collections.abc import Iterable

from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.diagnosis.findings import Finding
from wsmonitor.facts.earlier import EarlierFinding, HowKnown, KnownEarlier
from wsmonitor.facts.events import AnyEvent, ConnectionClosed, OpenFailed


def known_earlier(snapshot: Snapshot, events: Iterable[AnyEvent], at_ns: int) -> list[KnownEarlier]:
    """What is to stand in front of `events`, from `at_ns` to now, for each endpoint of `snapshot` with a past."""
    closures, failures = Counter[str](), Counter[str]()
    for event in events:
        if isinstance(event, ConnectionClosed):
            closures[event.endpoint] += 1
        elif isinstance(event, OpenFailed):
            failures[event.endpoint] += 1
    numbers = {one.endpoint: one.number for one in snapshot.closures}
    failed = {one.endpoint: one.number for one in snapshot.failures}
    earlier = [
        KnownEarlier(
            at_ns=at_ns,
            endpoint=name,
            closures=max(0, numbers.get(name, 0) - closures[name]),
            failures=max(0, failed.get(name, 0) - failures[name]),
            findings=_findings(view),
        )
        for name, view in {view.name: view for view in snapshot.endpoints}.items()
    ]
    return [one for one in earlier if one.closures or one.failures or one.findings]


def _findings(view: EndpointView) -> tuple[EarlierFinding, ...]:
    standing = [_earlier(finding, "stated", "") for finding in view.findings if finding.pending is None]
    return (*standing, *(_earlier(past.finding, past.how, past.reason) for past in view.said.past))


def _earlier(finding: Finding, how: HowKnown, reason: str) -> EarlierFinding:
    return EarlierFinding(
        rule=finding.rule,
        severity=finding.severity,
        confidence=finding.confidence.value,
        summary=finding.sentence,
        fix=finding.fix,
        how=how,
        reason=reason,
        limit_ns=finding.limit_ns,
        learnt=None if finding.pending is None else (finding.pending.have, finding.pending.need),
    )
