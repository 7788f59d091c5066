"""Pure: two runs, before and after a change -> what differs, and whether the samples allow to say so."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.runs.row import Outcome, Row, Value
from wsmonitor.analysis.runs.significance import (
    Answer,
    compare_percentiles,
    compare_rates,
    compare_shares,
    compare_values,
)
from wsmonitor.analysis.series.beats import KINDS
from wsmonitor.analysis.series.percentiles import RoundTripStatistics
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.facts.answers import ReconnectRow, RowVerdict
from wsmonitor.facts.events import (
    AnyEvent,
    ExperimentResult,
    HeartbeatKind,
    HeartbeatMissed,
    RttSample,
    TcpSample,
    Verdict,
)
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.wording.closure_words import closure_words

PERCENTS = (50, 90, 99)


class Comparison(Struct, frozen=True):
    """One endpoint in both runs; `vanished`, `appeared` and `remained` are sentences of findings."""

    before: str
    after: str
    rows: tuple[Row, ...]
    vanished: tuple[str, ...]
    appeared: tuple[str, ...]
    remained: tuple[str, ...]


class Run:
    """Folds one recording."""

    def __init__(self, start_ns: int, wall_ns: int, endpoints: Iterable[EndpointConfig]) -> None:
        self._start_ns = start_ns
        self._analyzer = Analyzer(start_ns, wall_ns)
        self._statistics: dict[tuple[str, HeartbeatKind], RoundTripStatistics] = {}
        self._audits: dict[str, tuple[ReconnectRow, ...]] = {}
        for config in endpoints:
            self._analyzer.add_endpoint(config)

    def feed(self, events: list[AnyEvent]) -> None:
        """Take in events in order."""
        self._analyzer.feed(events)
        for event in events:
            match event:
                case RttSample():
                    self.statistics(event.endpoint, event.kind).answer(event.round_trip_ns, late=event.late)
                case TcpSample():
                    self.statistics(event.endpoint, "tcp").kernel_sample(event.rtt_ns)
                case HeartbeatMissed():
                    self.statistics(event.endpoint, event.kind).miss()
                case ExperimentResult(answer=answer) if answer.rows:
                    self._audits[event.endpoint] = answer.rows

    def audit(self, endpoint: str) -> tuple[ReconnectRow, ...]:
        """The rows of the last audit of its client."""
        return self._audits.get(endpoint, ())

    def begin(self, at_ns: int) -> None:
        """Count from here on; what is open stays open."""
        self._start_ns = at_ns
        self._analyzer.reset_statistics(at_ns)
        self._statistics.clear()
        self._audits.clear()

    def statistics(self, endpoint: str, kind: HeartbeatKind) -> RoundTripStatistics:
        """The round trips of one kind."""
        return self._statistics.setdefault((endpoint, kind), RoundTripStatistics())

    def finished(self, end_ns: int) -> "Outcomes":
        """What the run came to by `end_ns`."""
        return Outcomes(self._analyzer.summary(end_ns), self, end_ns - self._start_ns)


class Outcomes(Struct, frozen=True):
    """The summaries of a run that lasted `span_ns`."""

    summaries: tuple[EndpointSummary, ...]
    run: Run
    span_ns: int


def compare(before: Outcomes, after: Outcomes) -> tuple[list[Comparison], list[str]]:
    """A comparison for every endpoint of the same name, and the names that only one run has.

    Where each run has a single endpoint those two are compared, whatever they are called.
    """
    first = {summary.endpoint: summary for summary in before.summaries}
    second = {summary.endpoint: summary for summary in after.summaries}
    if len(first) == len(second) == 1:
        pairs = [(before.summaries[0], after.summaries[0])]
    else:
        pairs = [(summary, second[name]) for name, summary in first.items() if name in second]
    paired = {summary.endpoint for pair in pairs for summary in pair}
    alone = [name for name in [*first, *second] if name not in paired]
    return [_comparison(one, other, before, after) for one, other in pairs], alone


def _comparison(one: EndpointSummary, other: EndpointSummary, before: Outcomes, after: Outcomes) -> Comparison:
    audits = before.run.audit(one.endpoint), after.run.audit(other.endpoint)
    stated = [
        {finding.rule: finding.sentence for finding in side.findings if finding.pending is None} | complaints(rows)
        for side, rows in zip((one, other), audits, strict=True)
    ]
    rows = [
        Row("observed", before.span_ns, after.span_ns, "ns"),
        *_endings(one, other, before, after),
        *_openings(one, other),
        *_round_trips(one, other, before, after),
        Row("most waiting messages", one.outbox_peak, other.outbox_peak),
        *compare_audits(*audits),
    ]
    return Comparison(
        before=one.endpoint,
        after=other.endpoint,
        rows=tuple(rows),
        vanished=tuple(text for rule, text in stated[0].items() if rule not in stated[1]),
        appeared=tuple(text for rule, text in stated[1].items() if rule not in stated[0]),
        remained=tuple(text for rule, text in stated[1].items() if rule in stated[0]),
    )


def _endings(one: EndpointSummary, other: EndpointSummary, before: Outcomes, after: Outcomes) -> Iterator[Row]:
    lost = _lost(one.closures), _lost(other.closures)
    counts = len(lost[0]), len(lost[1])
    # Only an open connection can end: the time open counts, not the time observed.
    rate = compare_rates(counts[0], one.open_ns, counts[1], other.open_ns)
    yield Row("closures, not forced", *counts, outcome=_lower_is_better(rate))
    hours = (one.open_ns / 3.6e12, other.open_ns / 3.6e12)
    yield Row("closures in an hour open", _per(counts[0], hours[0]), _per(counts[1], hours[1]), "/h")
    ways = (
        Counter(closure_words(verdict, one.codes) for verdict in lost[0]),
        Counter(closure_words(verdict, other.codes) for verdict in lost[1]),
    )
    for way, _ in (ways[0] + ways[1]).most_common():
        yield Row(f"  {way}", ways[0][way], ways[1][way])
    lives = [verdict.life_ns for verdict in lost[0]], [verdict.life_ns for verdict in lost[1]]
    answer = compare_values(*lives) if all(lives) else "too few"
    yield Row("mean life of those", _mean(lives[0]), _mean(lives[1]), "ns", _higher_is_better(answer))


def _openings(one: EndpointSummary, other: EndpointSummary) -> Iterator[Row]:
    yield Row("attempts", one.attempts, other.attempts)
    yield Row("failed attempts", one.failures, other.failures)
    answer = compare_shares(
        one.failures, max(one.attempts, one.failures), other.failures, max(other.attempts, other.failures)
    )
    shares = [_percent(side.failures, max(side.attempts, side.failures)) for side in (one, other)]
    yield Row("retry rate (failed of all)", shares[0], shares[1], "%", _lower_is_better(answer))


def _round_trips(one: EndpointSummary, other: EndpointSummary, before: Outcomes, after: Outcomes) -> Iterator[Row]:
    for kind in KINDS:
        if kind not in one.rtt and kind not in other.rtt:
            continue
        first, second = before.run.statistics(one.endpoint, kind), after.run.statistics(other.endpoint, kind)
        yield Row(f"{kind} round trips", first.histogram.count, second.histogram.count)
        for percent in PERCENTS:
            answer = compare_percentiles(first.histogram, second.histogram, percent)
            values = first.histogram.percentile(percent), second.histogram.percentile(percent)
            yield Row(f"{kind} p{percent}", *values, unit="ns", outcome=_lower_is_better(answer))
        yield Row(f"{kind} max", first.histogram.max_ns, second.histogram.max_ns, "ns")
        if kind != "tcp":
            beats = first.answered + first.misses, second.answered + second.misses
            lost = compare_shares(first.misses, beats[0], second.misses, beats[1])
            shares = _percent(first.misses, beats[0]), _percent(second.misses, beats[1])
            yield Row(f"{kind} loss", *shares, unit="%", outcome=_lower_is_better(lost))


def _lost(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if not verdict.is_ours]


def _lower_is_better(answer: Answer) -> Outcome:
    outcomes: dict[Answer, Outcome] = {
        "less": "better",
        "more": "worse",
        "same": "no difference shown",
        "too few": "too few samples",
    }
    return outcomes[answer]


def _higher_is_better(answer: Answer) -> Outcome:
    turned: dict[Answer, Answer] = {"less": "more", "more": "less"}
    return _lower_is_better(turned.get(answer, answer))


def _mean(values: Sequence[int]) -> float | None:
    return sum(values) / len(values) if values else None


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 4) if whole else None


def _per(count: int, hours: float) -> float | None:
    return round(count / hours, 2) if hours else None


_RANKS: dict[RowVerdict, int] = {"ok": 0, "finding": 1, "bad": 2}
_TIMES = ("noticed_s", "first_try_s", "back_s", "overlap_s")
_NUMBERS = ("tries_per_minute", "growth", "jitter", "subscribed", "lost", "again", "twice")
_NAMES = {"noticed_s": "noticed", "first_try_s": "first try", "back_s": "back", "overlap_s": "two connections for"}
_FIFTH = 0.2
"""Numbers that differ by less are the same: every fault was played once."""


def compare_audits(before: Sequence[ReconnectRow], after: Sequence[ReconnectRow]) -> Iterator[Row]:
    """A row for each fault that both have, and below it the numbers that differ."""
    later = {row.fault: row for row in after}
    for row in before:
        other = later.get(row.fault)
        if other is None:
            continue
        yield Row(f"fault {row.fault}", row.verdict, other.verdict, outcome=_outcome(row.verdict, other.verdict))
        for name in _TIMES:
            yield from _number(_NAMES[name], getattr(row, name), getattr(other, name), "ns")
        for name in _NUMBERS:
            yield from _number(name.replace("_", " "), getattr(row, name), getattr(other, name), "")


def complaints(rows: Sequence[ReconnectRow]) -> dict[str, str]:
    """Of each fault what is wrong, by a name that no finding has."""
    return {
        f"reconnect {row.fault}": f"{row.fault}: {row.sentence}" for row in rows if row.verdict in ("bad", "finding")
    }


def _outcome(before: RowVerdict, after: RowVerdict) -> Outcome:
    if before not in _RANKS or after not in _RANKS or before == after:
        return ""
    return "better" if _RANKS[after] < _RANKS[before] else "worse"


def _number(name: str, before: float | None, after: float | None, unit: str) -> Iterator[Row]:
    if before == after:
        return
    if before is not None and after is not None and abs(before - after) <= _FIFTH * max(before, after):
        return
    values: list[Value] = [before, after]
    if unit == "ns":
        values = [None if value is None else round(value * 1e9) for value in (before, after)]
    yield Row(f"  {name}", values[0], values[1], unit)
