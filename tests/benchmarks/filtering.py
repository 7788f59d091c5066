"""The first filter of a log of 50,000 messages, against looking at each payload once and nothing else."""

from collections.abc import Iterator

from tests.benchmarks.row import Row, in_turns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import Message
from wsmonitor.gui.tables.filtering import parse_filter
from wsmonitor.settings.endpoint_settings import NS

MESSAGES = 50_000


def run() -> Iterator[Row]:
    """Filter by a word that one message in ten has; nobody looked at the rows before."""
    analyzer = Analyzer(0, 0)
    analyzer.feed(
        Message(
            at_ns=number * NS // 1000,
            endpoint="a",
            direction="rx",
            opcode=1,
            size_bytes=48,
            wire_bytes=50,
            payload=b'{"type":"%b","seq":%d}' % (b"Needle" if number % 10 == 0 else b"tick", number),
        )
        for number in range(MESSAGES)
    )
    log = analyzer.snapshot(MESSAGES * NS // 1000).messages
    payloads = [event.payload for _, event in log.events(log.first, log.end) if isinstance(event, Message)]

    def ours() -> object:
        return parse_filter("needle").numbers(log, log.first, log.end)

    def reference() -> object:
        return [number for number, payload in enumerate(payloads) if b"needle" in payload.lower()]

    yield in_turns("the first filter of a log, per message", ours, reference, per=MESSAGES, goal=4.0, calls=2)
