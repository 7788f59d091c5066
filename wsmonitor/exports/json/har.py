"""HAR 1.2 with `_webSocketMessages`, as browsers write it: one entry for each connection.

Data messages only, as importers expect; control frames, the verdict and failed attempts are under our own
`_wsmonitor` keys. `comment` has a line for each endpoint: what the session came to.
"""

import msgspec

from wsmonitor import __version__
from wsmonitor.exports.format import Format, Sink
from wsmonitor.exports.headlines import at_the_end, headlines
from wsmonitor.exports.json.har_entries import HarEntries
from wsmonitor.exports.source import Source, wall_clock

_encode = msgspec.json.Encoder().encode


def write(source: Source, sink: Sink) -> None:
    """Entries in the order in which their connections ended; what is still open comes last."""
    creator = {"name": "wsmonitor", "version": __version__}
    comment = "\n".join(f"{name}: {line.text}" for name, line in headlines(at_the_end(source)).items())
    head = {"version": "1.2", "creator": creator, "comment": comment, "pages": []}
    sink.write(b'{"log":' + _encode(head)[:-1] + b',"entries":[')
    entries = HarEntries(source.endpoints, wall_clock(source))
    separator = b"\n"
    for batch in source.batches():
        for event in batch:
            entry = entries.feed(event)
            if entry is not None:
                sink.write(separator + _encode(entry))
                separator = b",\n"
    for entry in entries.open_ones(source.end_ns):
        sink.write(separator + _encode(entry))
        separator = b",\n"
    sink.write(b"\n]}}\n")


FORMAT = Format("har", "HAR 1.2 for browsers and HTTP tools", ".har", write)
