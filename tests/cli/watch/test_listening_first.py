from wsmonitor.cli.watch.session import ListeningFirst
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.facts.events import AnyEvent, LoopLag, ProbeStarted
from wsmonitor.facts.tap_events import TapListening

LISTENING = TapListening(
    at_ns=3, endpoint="tap", addresses=("127.0.0.1:9",), upstream="ws://h/", url="ws://localhost:9/"
)


def named(event: AnyEvent | FindingChange) -> bytes:
    return type(event).__name__.encode() + b"\n"


def test_what_a_script_reads_first_is_where_the_tap_listens() -> None:
    lines = ListeningFirst(named)

    written = [
        lines(event)
        for event in (ProbeStarted(at_ns=1, pid=1), LoopLag(at_ns=2, lag_ns=0), LISTENING, LoopLag(at_ns=4, lag_ns=0))
    ]

    assert written == [None, None, b"TapListening\nProbeStarted\nLoopLag\n", b"LoopLag\n"]
