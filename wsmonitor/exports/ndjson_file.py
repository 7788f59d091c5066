"""NDJSON: the contract of `watch -o json`, as `watch` would have printed it."""

from wsmonitor.exports.format import Format, Sink
from wsmonitor.exports.ndjson import Ndjson, encode_line
from wsmonitor.exports.source import Source, analyzer_of


def write(source: Source, sink: Sink) -> None:
    """A line for every event and finding in the order of time, and a summary for each endpoint."""
    analyzer = analyzer_of(source)
    ndjson = Ndjson(source.wall_ns - source.start_ns)
    for batch in source.batches():
        analyzer.feed(batch)
        changes = analyzer.take_finding_changes()[::-1]
        for event in batch:
            while changes and changes[-1].at_ns < event.at_ns:
                sink.write(ndjson.line(changes.pop()) or b"")
            sink.write(ndjson.line(event) or b"")
        for change in reversed(changes):
            sink.write(ndjson.line(change) or b"")
    summaries = analyzer.summary(source.end_ns)
    for change in analyzer.take_finding_changes():
        sink.write(ndjson.line(change) or b"")
    for summary in summaries:
        sink.write(encode_line(ndjson.summary(summary, source.end_ns)))


FORMAT = Format("ndjson", "NDJSON, one object a line", ".ndjson", write)
