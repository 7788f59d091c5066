"""NDJSON: the contract of `watch -o json`, as `watch` would have printed it."""

from collections.abc import Iterator

from wsmonitor.analysis.headline import Headline
from wsmonitor.exports.format import Format, Sink
from wsmonitor.exports.headlines import at_the_end, headlines
from wsmonitor.exports.json.fields import Record
from wsmonitor.exports.json.ndjson import SCHEMA_VERSION, Ndjson, encode_line
from wsmonitor.exports.source import Source, analyzer_of, wall_clock
from wsmonitor.exports.told import told


def headline_record(endpoint: str, line: Headline, time: float) -> Record:
    """The first record of an endpoint in a file: what it came to at `time`, the end."""
    return {
        "schema_version": SCHEMA_VERSION,
        "type": "headline",
        "endpoint": endpoint,
        "time": time,
        "connection": 0,
        "slot": 0,
        "level": line.level,
        "text": line.text,
        "rule": None if line.finding is None else line.finding.rule,
    }


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
    """What the session came to, then all lines."""
    snapshot = at_the_end(source)
    for name, line in headlines(snapshot).items():
        sink.write(encode_line(headline_record(name, line, snapshot.wall_s(snapshot.at_ns))))
    for row in lines(source):
        sink.write(row)


FORMAT = Format("ndjson", "NDJSON, one object a line", ".ndjson", write)
