"""CSV of every ended connection: who, how, with what code, after how long."""

from wsmonitor.exports.csv.lines import HEADLINE, Cell, CsvLines
from wsmonitor.exports.format import Format, Sink
from wsmonitor.exports.headlines import ToldOnce
from wsmonitor.exports.json.fields import fields_of
from wsmonitor.exports.source import Source, wall_clock
from wsmonitor.facts.events import ClockAnchor, ConnectionClosed
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes
from wsmonitor.text.wording.closure_words import closure_words

_WHO = ("time", "endpoint", "connection", "slot", "words")
_VERDICT = (
    *("by", "initiator", "mechanism", "received_code", "received_reason", "sent_code", "sent_reason"),
    *("clean", "life_s", "silence_rx_s", "silence_tx_s", "forced"),
)


def write(source: Source, sink: Sink) -> None:
    """A heading, then a row for each closure."""
    csv, told = CsvLines(), ToldOnce(source)
    sink.write(csv.lines([(*_WHO, *_VERDICT, HEADLINE)]))
    wall = wall_clock(source)
    codes = {config.name: config.codes for config in source.endpoints}
    for batch in source.batches():
        rows = []
        for event in batch:
            if isinstance(event, ClockAnchor):
                wall = event.clock
            elif isinstance(event, ConnectionClosed):
                row = _row(event, wall, codes.get(event.endpoint, EVERYBODYS))
                rows.append([*row, told.of(event.endpoint)])
        sink.write(csv.lines(rows))


def _row(event: ConnectionClosed, wall: WallClock, codes: CloseCodes) -> list[Cell]:
    verdict = fields_of(event.verdict)
    who = (wall.epoch_s(event.at_ns), event.endpoint, event.connection, event.slot)
    return [*who, closure_words(event.verdict, codes), *(verdict[name] for name in _VERDICT)]


FORMAT = Format("csv-closures", "CSV of every ended connection", ".csv", write)
