"""Events and findings of a source as one story in the order of time."""

from collections.abc import Iterator

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.exports.source import Source
from wsmonitor.facts.events import AnyEvent


def told(source: Source, analyzer: Analyzer) -> Iterator[AnyEvent | FindingChange]:
    """Every event, and between them what `analyzer` finds; at the end it knows everything."""
    for batch in source.batches():
        analyzer.feed(batch)
        changes = analyzer.take_finding_changes()[::-1]
        for event in batch:
            while changes and changes[-1].at_ns < event.at_ns:
                yield changes.pop()
            yield event
        yield from reversed(changes)
    analyzer.summary(source.end_ns)  # the rules look once more
    yield from analyzer.take_finding_changes()
