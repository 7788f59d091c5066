"""NDJSON: the contract of `watch -o json`, as `watch` would have printed it."""

from collections.abc import Iterator

from wsmonitor.exports.format import Format, Sink
from wsmonitor.exports.json.ndjson import Ndjson, encode_line
from wsmonitor.exports.source import Source, analyzer_of, wall_clock
from wsmonitor.exports.told import told


def lines(source: Source) -> Iterator[bytes]:
    """A line for every event and finding in the order of time, and a summary for each endpoint."""
    analyzer = analyzer_of(source)
    ndjson = Ndjson(wall_clock(source))
    for one in told(source, analyzer):
        if (line := ndjson.line(one)) is not None:
            yield line
    for summary in analyzer.summary(source.end_ns):
        yield encode_line(ndjson.summary(summary, source.end_ns))


def write(source: Source, sink: Sink) -> None:
    """All lines."""
    for line in lines(source):
        sink.write(line)


FORMAT = Format("ndjson", "NDJSON, one object a line", ".ndjson", write)
