"""A report in Markdown, to paste into an issue: what was monitored, how it ended, why, and how fast it was."""

import time
from collections import Counter
from collections.abc import Iterator

from wsmonitor.analysis.headline import headline
from wsmonitor.analysis.series.percentiles import RttSummary
from wsmonitor.analysis.snapshot import Closure, Snapshot
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.diagnosis.finding_words import considered_words, past_words
from wsmonitor.diagnosis.findings import Finding, PastFinding
from wsmonitor.exports.format import Format, Sink
from wsmonitor.exports.report.experiments import experiments
from wsmonitor.exports.report.markdown_text import plain, table
from wsmonitor.exports.source import Source, analyzer_of
from wsmonitor.facts.events import ExperimentResult
from wsmonitor.text.redact import redact_url
from wsmonitor.text.units import counted, duration, percent
from wsmonitor.text.wording.closure_words import closure_words
from wsmonitor.text.wording.event_words import kind_name

CLOSURES_SHOWN = 50
ALERTS_SHOWN = 50
_OF_A_TAP = (
    "Its connections are those of a client of the user's own: sent and received are as that client sees them. Two TCP "
    "connections stand in place of one, and their buffers let a slow reader look faster than it is."
)


def write(source: Source, sink: Sink) -> None:
    """The report; long tables are cut, and say so."""
    analyzer = analyzer_of(source)
    results: list[ExperimentResult] = []
    for batch in source.batches():
        analyzer.feed(batch)
        results += [event for event in batch if isinstance(event, ExperimentResult)]
    summaries = analyzer.summary(source.end_ns)
    lines = (*report(source, summaries, analyzer.snapshot(source.end_ns)), *experiments(results))
    sink.write("\n".join(lines).encode("utf-8", "replace"))


def report(source: Source, summaries: tuple[EndpointSummary, ...], snapshot: Snapshot) -> Iterator[str]:
    """The lines of the report."""
    start, end = _clock(snapshot, source.start_ns), _clock(snapshot, source.end_ns)
    yield "# WebSocket report\n"
    for name in dict.fromkeys(view.name for view in snapshot.endpoints):
        yield f"**{plain(name)}**: {plain(headline(snapshot, name).text)}\n"
    yield f"{start} to {end} ({duration(source.end_ns - source.start_ns)}), recorded with wsmonitor."
    yield from (f"**Note:** {plain(problem)}." for problem in source.problems)
    for config in source.endpoints:
        if config.is_tap:
            yield f"**Note:** {plain(config.name)} is a tap. {_OF_A_TAP}"
    yield ""
    yield from _monitored(source, summaries)
    yield from _findings([finding for summary in summaries for finding in summary.findings])
    yield from _past([past for summary in summaries for past in summary.past], source.end_ns)
    yield from _closures(snapshot, sum(summary.closures_total for summary in summaries))
    yield from _notes(snapshot)
    yield from _alerts(snapshot)
    yield from _round_trips(summaries)


def _monitored(source: Source, summaries: tuple[EndpointSummary, ...]) -> Iterator[str]:
    urls = {config.name: redact_url(config.url) for config in source.endpoints}
    yield "## Monitored\n"
    yield from table(
        ("endpoint", "URL", "attempts", "opened", "failed", "open for", "messages sent", "received", "most waiting"),
        (
            (
                plain(one.endpoint),
                plain(urls.get(one.endpoint, "")),
                *(str(one.attempts), str(one.connections), str(one.failures), duration(one.open_ns)),
                *(str(one.messages_sent), str(one.messages_received), str(one.outbox_peak)),
            )
            for one in summaries
        ),
    )


def _findings(findings: list[Finding]) -> Iterator[str]:
    stated = [finding for finding in findings if finding.pending is None]
    yield "## Findings\n"
    if not stated:
        yield "None now."
        yield ""
    for finding in stated:
        yield (
            f"### {plain(finding.sentence)}\n\n{finding.severity}, rule `{finding.rule}`, endpoint"
            f" {plain(finding.endpoint)}, confidence {percent(finding.confidence.value)}\n"
        )
        yield from (f"- {plain(row.text)}" for row in finding.evidence)
        yield from (f"- against it: {plain(row.text)}" for row in finding.counter_evidence)
        yield from (f"- {plain(line)}" for line in considered_words(finding))
        yield f"\n**Try:** {plain(finding.fix)}\n"


def _past(findings: list[PastFinding], now_ns: int) -> Iterator[str]:
    if not findings:
        return
    yield "## Found before\n"
    for past in findings:
        finding = past.finding
        yield f"- {plain(finding.endpoint)}: {plain(finding.sentence)} ({plain(past_words(past, now_ns))})"
    yield ""


def _alerts(snapshot: Snapshot) -> Iterator[str]:
    """What alert rules raised, and what was over again; the newest."""
    changes = snapshot.alerts.changes
    if not changes:
        return
    yield "## Alerts\n"
    if len(changes) > ALERTS_SHOWN:
        yield f"The newest {ALERTS_SHOWN} of {len(changes):,}:\n"
    for one in changes[-ALERTS_SHOWN:]:
        over = "" if one.raised else " is over"
        what = plain(f"{one.rule}{over}, {one.endpoint}: {one.text}")
        yield f"- {_clock(snapshot, one.at_ns)}: {what}"
    yield ""


def _notes(snapshot: Snapshot) -> Iterator[str]:
    """What the user wrote on the time line, in the order of what it is about."""
    notes = [note for view in snapshot.endpoints[:1] for note in view.history.session.notes]
    if not notes:
        return
    yield "## Notes\n"
    for note in sorted(notes, key=lambda note: note.at_s):
        yield f"- {_clock(snapshot, snapshot.start_ns + round(note.at_s * 1e9))}: {plain(note.text)}"
    yield ""


def _closures(snapshot: Snapshot, total: int) -> Iterator[str]:
    yield f"## {counted(total, 'closure').capitalize()}\n"
    ways = Counter(
        (closure.endpoint, closure_words(closure.verdict, snapshot.codes_of(closure.endpoint)))
        for closure in snapshot.closures
    )
    if ways:
        rows = ((str(count), plain(endpoint), plain(way)) for (endpoint, way), count in ways.most_common())
        yield from table(("count", "endpoint", "who ended it, and how"), rows)
        shown = snapshot.closures[-CLOSURES_SHOWN:]
        if len(shown) < total:
            yield f"The newest {len(shown)}:\n"
        headings = ("time", "endpoint", "connection", "who ended it, and how", "life", "silent before (rx / tx)")
        yield from table(headings, (_closure(snapshot, closure) for closure in shown))


def _closure(snapshot: Snapshot, closure: Closure) -> tuple[str, ...]:
    verdict = closure.verdict
    return (
        _clock(snapshot, closure.at_ns),
        plain(closure.endpoint),
        f"#{closure.connection}",
        plain(closure_words(verdict, snapshot.codes_of(closure.endpoint))),
        duration(verdict.life_ns),
        f"{duration(verdict.silence_rx_ns)} / {duration(verdict.silence_tx_ns)}",
    )


def _round_trips(summaries: tuple[EndpointSummary, ...]) -> Iterator[str]:
    yield "## Round trips\n"
    rows = [
        (plain(one.endpoint), kind_name(kind), *_numbers(rtt)) for one in summaries for kind, rtt in one.rtt.items()
    ]
    yield from table(("endpoint", "kind", "count", "p50 ms", "p90 ms", "p99 ms", "max ms", "loss %"), rows)


def _numbers(rtt: RttSummary) -> tuple[str, ...]:
    """The digits of the NDJSON summary."""
    values = (rtt.p50_ns, rtt.p90_ns, rtt.p99_ns, rtt.max_ns)
    in_ms = ("–" if value is None else str(value / 1e6) for value in values)
    return (str(rtt.count), *in_ms, "–" if rtt.loss is None else str(round(100 * rtt.loss, 4)))


def _clock(snapshot: Snapshot, at_ns: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(snapshot.wall_s(at_ns)))


FORMAT = Format("markdown", "Markdown report for an issue", ".md", write)
