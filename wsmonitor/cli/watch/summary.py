"""What a run came to, for people: a few lines for each endpoint."""

from collections import Counter

from wsmonitor.analysis.series.percentiles import RttSummary
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.diagnosis.finding_words import how_words
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import counted, duration, percent
from wsmonitor.text.wording.closure_words import closure_words

_CLOSURES_SHOWN = 10


def summary_text(summary: EndpointSummary) -> str:
    """Name, how often it opened, round trips of every kind, messages, and the closures by how they came."""
    lines = [
        "",
        visible(summary.endpoint),
        f"  {counted(summary.connections, 'connection')} in {counted(summary.attempts, 'attempt')},"
        f" open for {duration(summary.open_ns)}",
        *(f"  {kind:<4} {_round_trips(rtt)}" for kind, rtt in summary.rtt.items()),
        f"  {counted(summary.messages_sent, 'message')} sent, {summary.messages_received:,} received,"
        f" at most {summary.outbox_peak:,} waiting",
        f"  {counted(summary.closures_total, 'closure')}",
        *_closures(summary),
        *_findings(summary),
    ]
    return "\n".join(lines) + "\n"


def _findings(summary: EndpointSummary) -> list[str]:
    lines = []
    for finding in summary.findings:
        if finding.pending is None:
            lines.append(f"  {finding.severity}: {finding.sentence} (confidence {percent(finding.confidence.value)})")
            lines.append(f"    try: {finding.fix}")
    lines += [f"  {how_words(past)}: {past.finding.sentence} {_sentence(past.reason)}" for past in summary.past]
    return lines


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _round_trips(rtt: RttSummary) -> str:
    loss = "" if rtt.loss is None else f", loss {percent(rtt.loss)}"
    if rtt.p50_ns is None or rtt.p90_ns is None or rtt.p99_ns is None or rtt.max_ns is None:
        return f"no round trip{loss}"
    quantiles = f"p50 {duration(rtt.p50_ns)}, p90 {duration(rtt.p90_ns)}, p99 {duration(rtt.p99_ns)}"
    return f"{counted(rtt.count, 'round trip')}: {quantiles}, max {duration(rtt.max_ns)}{loss}"


def _closures(summary: EndpointSummary) -> list[str]:
    ways = Counter(closure_words(verdict, summary.codes) for verdict in summary.closures).most_common()
    lines = [f"    {count:>4} x {way}" for way, count in ways[:_CLOSURES_SHOWN]]
    if len(ways) > _CLOSURES_SHOWN:
        lines.append(f"    and {counted(len(ways) - _CLOSURES_SHOWN, 'other way')}")
    return lines
