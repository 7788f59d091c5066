"""CSV of what the session came to, with the headings of mtr: one row for each endpoint and kind of heartbeat."""

from collections import defaultdict

from wsmonitor.analysis.series.percentiles import RoundTripStatistics
from wsmonitor.exports.csv.lines import Cell, CsvLines
from wsmonitor.exports.format import Format, Sink
from wsmonitor.exports.headlines import ToldOnce
from wsmonitor.exports.source import Source
from wsmonitor.facts.events import AnyEvent, HeartbeatKind, HeartbeatMissed, RttSample, TcpSample

_MTR = ("Loss%", "Snt", "Last", "Avg", "Best", "Wrst", "StDev")
_HEADINGS = ("Endpoint", "Kind", *_MTR, "P50", "P90", "P99", "Headline")


class _Row:
    """Times in milliseconds; mean and deviation over whole nanoseconds."""

    def __init__(self) -> None:
        self.statistics = RoundTripStatistics()
        self.last_ns = self._sum = self._squares = 0

    def count(self, round_trip_ns: int) -> None:
        self.last_ns = round_trip_ns
        self._sum += round_trip_ns
        self._squares += round_trip_ns * round_trip_ns

    def cells(self) -> list[Cell]:
        """From `Loss%` on; kernel samples are no heartbeats, so nothing was sent and nothing is lost."""
        summary = self.statistics.summary()
        sent = self.statistics.answered + self.statistics.misses
        loss = None if summary.loss is None else round(100 * summary.loss, 4)
        if summary.count == 0:
            return [loss, sent, *[None] * 8]
        mean = self._sum / summary.count
        variance = max(0, self._squares * summary.count - self._sum * self._sum) / summary.count**2
        lowest = self.statistics.histogram.min_ns
        shown = (
            self.last_ns,
            mean,
            lowest,
            summary.max_ns,
            variance**0.5,
            summary.p50_ns,
            summary.p90_ns,
            summary.p99_ns,
        )
        return [loss, sent, *(None if value is None else value / 1e6 for value in shown)]


def write(source: Source, sink: Sink) -> None:
    """A heading, then a row for each endpoint and kind that saw a heartbeat."""
    rows: defaultdict[tuple[str, HeartbeatKind], _Row] = defaultdict(_Row)
    for batch in source.batches():
        for event in batch:
            _count(rows, event)
    csv, told = CsvLines(), ToldOnce(source)
    sink.write(csv.lines([_HEADINGS]))
    sink.write(csv.lines([*who, *row.cells(), told.of(who[0])] for who, row in sorted(rows.items())))


def _count(rows: defaultdict[tuple[str, HeartbeatKind], _Row], event: AnyEvent) -> None:
    match event:
        case RttSample():
            row = rows[event.endpoint, event.kind]
            row.statistics.answer(event.round_trip_ns, late=event.late)
            row.count(event.round_trip_ns)
        case TcpSample():
            row = rows[event.endpoint, "tcp"]
            row.statistics.kernel_sample(event.rtt_ns)
            row.count(event.rtt_ns)
        case HeartbeatMissed():
            rows[event.endpoint, event.kind].statistics.miss()


FORMAT = Format("csv-summary", "CSV of loss and round trips, as mtr has it", ".csv", write)
