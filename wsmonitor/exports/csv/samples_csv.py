"""CSV of every heartbeat: one row for each round trip and each miss."""

from wsmonitor.exports.csv.lines import HEADLINE, CsvLines
from wsmonitor.exports.format import Format, Sink
from wsmonitor.exports.headlines import ToldOnce
from wsmonitor.exports.samples import Sample, samples
from wsmonitor.exports.source import Source


def write(source: Source, sink: Sink) -> None:
    """A heading, then a row for each sample; a miss has no round trip."""
    csv, told = CsvLines(), ToldOnce(source)
    sink.write(csv.lines([(*Sample._fields, HEADLINE)]))
    for found in samples(source):
        sink.write(csv.lines((*sample, told.of(sample.endpoint)) for sample in found))


FORMAT = Format("csv", "CSV of every heartbeat", ".csv", write)
