"""Pure: what a stability test saw -> what it expected, what it found, and whether that is good enough."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from wsmonitor.analysis.series.percentiles import Histogram, RttSummary
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.diagnosis.findings import Finding
from wsmonitor.facts.events import AlertChanged, OpenFailed, Verdict
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import counted, duration, fine_percent
from wsmonitor.text.wording.closure_words import closure_words


@dataclass(frozen=True)
class Limits:
    """What is still good enough; `None` where it does not matter. `max_loss` is from 0 to 1."""

    max_rtt_p99_ns: int | None = None
    max_loss: float | None = 0.01


@dataclass(frozen=True)
class Criterion:
    """One thing that was tested: `found` says in a sentence what was seen, and what was expected if it failed."""

    name: str
    passed: bool
    found: str


def judge(
    summary: EndpointSummary, *, connections: int, limits: Limits, last_failure: OpenFailed | None = None
) -> list[Criterion]:
    """Whether `connections` parallel connections opened, stayed open, and answered heartbeats well enough."""
    criteria = [_opens(summary, connections, last_failure), _stays_open(summary, connections)]
    heartbeats = [(kind, rtt) for kind, rtt in summary.rtt.items() if kind != "tcp"]
    if not any(rtt.count for _, rtt in heartbeats):
        return [*criteria, Criterion("answers heartbeats", False, "no heartbeat was answered; expected at least one")]
    for kind, rtt in heartbeats:
        if limits.max_loss is not None:
            criteria.append(_loss(kind, rtt, limits.max_loss))
        if limits.max_rtt_p99_ns is not None:
            criteria.append(_round_trip(kind, rtt, limits.max_rtt_p99_ns))
    return criteria


def judge_opening(
    name: str,
    *,
    wanted: int,
    opening_ns: Sequence[int],
    failures: Sequence[OpenFailed],
    lost: Sequence[Verdict],
    hung: int = 0,
) -> Criterion:
    """Whether all of `wanted` connections opened, and stayed open until we closed them."""
    fine = len(opening_ns) - len(lost)
    if fine == wanted and wanted:
        spread = Histogram()
        for value in opening_ns:
            spread.add(value)
        times = f"{duration(spread.percentile(50) or 0)} in the middle, {duration(spread.max_ns or 0)} at most"
        return Criterion(name, True, f"{counted(wanted, 'connection')} opened and closed cleanly; it took {times}")
    reasons = Counter([*map(_failure, failures), *(f"ended at once: {closure_words(verdict)}" for verdict in lost)])
    if hung:
        reasons["neither opened nor failed in time"] += hung
    text = "; ".join(f"{count} x {reason}" for reason, count in reasons.most_common(5))
    return Criterion(name, False, f"{fine} of {wanted} connections were fine; {text}")


def judge_alert(rule: AlertRule, raised: Sequence[AlertChanged]) -> Criterion:
    """Whether an alert rule stayed silent; of one that was `raised`, how often, and what was counted first."""
    name = rule.name if rule.name == rule.when else f"alert {visible(rule.name, 60)}"
    if not raised:
        return Criterion(name, True, f"not raised ({rule.when})")
    return Criterion(name, False, f"raised {counted(len(raised), 'time')}, first: {raised[0].text} ({rule.when})")


def causes(findings: Sequence[Finding]) -> list[str]:
    """What most probably causes what was found, with what to try; nothing that is not certain enough to be said."""
    return [f"{finding.sentence} {finding.fix}" for finding in findings if finding.pending is None]


def _opens(summary: EndpointSummary, wanted: int, last_failure: OpenFailed | None) -> Criterion:
    opened, failed = summary.connections, summary.failures
    if opened >= wanted and not failed:
        return Criterion("opens", True, f"{counted(wanted, 'connection')} opened")
    why = f"; the last: {_failure(last_failure)}" if last_failure is not None else ""
    text = f"{counted(failed, 'opening')} failed, {opened} worked{why}; expected {wanted} without a failure"
    return Criterion("opens", False, text)


def _stays_open(summary: EndpointSummary, wanted: int) -> Criterion:
    lost = [verdict for verdict in summary.closures if not verdict.is_ours]
    if not summary.connections:
        return Criterion("stays open", False, "nothing was open")
    if not lost:
        return Criterion("stays open", True, f"open for {duration(summary.open_ns / wanted)} each")
    ways = Counter(closure_words(verdict, summary.codes) for verdict in lost).most_common(5)
    mean_ns = sum(verdict.life_ns for verdict in lost) / len(lost)
    text = "; ".join(f"{count} x {way}" for way, count in ways)
    return Criterion(
        "stays open", False, f"{counted(len(lost), 'connection')} lost after {duration(mean_ns)} on average: {text}"
    )


def _loss(kind: str, rtt: RttSummary, limit: float) -> Criterion:
    loss = rtt.loss or 0.0
    lost = f"{fine_percent(loss)} of heartbeats lost ({counted(rtt.misses, 'miss', 'misses')})"
    return Criterion(f"{kind} loss", loss <= limit, f"{lost}; limit {fine_percent(limit)}")


def _round_trip(kind: str, rtt: RttSummary, limit_ns: int) -> Criterion:
    if rtt.p99_ns is None:
        return Criterion(f"{kind} p99", False, "no heartbeat was answered")
    text = f"p99 {duration(rtt.p99_ns)} of {counted(rtt.count, 'round trip')}; limit {duration(limit_ns)}"
    return Criterion(f"{kind} p99", rtt.p99_ns <= limit_ns, text)


def _failure(event: OpenFailed) -> str:
    status = f"HTTP {event.status}, " if event.status is not None else ""
    return f"could not connect ({event.phase}): {status}{visible(event.error)}"
