"""What carries the lines out: outcome, text, writer and reporter."""

import os
import threading
import time
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from tests.exports.json.test_ndjson import SUMMARY
from tests.facts.builders import kernel_sample, verdict
from tests.waiting import until
from wsmonitor.cli.measuring.reporter import Reporter
from wsmonitor.cli.measuring.text import TextLines
from wsmonitor.cli.measuring.writer import LineWriter
from wsmonitor.cli.watch.outcome import Outcome
from wsmonitor.cli.watch.summary import summary_text
from wsmonitor.diagnosis.findings import FindingChange, FindingWithdrawn
from wsmonitor.facts.events import (
    AnyEvent,
    ClockAnchor,
    ClockJump,
    ConnectionClosed,
    EndedBy,
    LoopLag,
    Message,
    OpenFailed,
    RttSample,
    SamplesDropped,
    State,
    StateChanged,
)
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.settings.endpoint_settings import EndpointConfig, OwnCloseCode


def opened(endpoint: str = "a") -> StateChanged:
    return StateChanged(at_ns=1, endpoint=endpoint, connection=1, old=State.UPGRADING, new=State.OPEN)


def dialled(endpoint: str = "a") -> StateChanged:
    return StateChanged(at_ns=0, endpoint=endpoint, old=State.IDLE, new=State.RESOLVING)


def failed(endpoint: str = "a") -> OpenFailed:
    return OpenFailed(at_ns=1, endpoint=endpoint, phase="tcp", error="refused", duration_ns=1)


def closed(by: EndedBy | None = None, forced: str | None = None) -> ConnectionClosed:
    how = verdict(by=by, life_ns=1, forced=forced)
    return ConnectionClosed(at_ns=2, endpoint="a", connection=1, verdict=how)


def message(number: int = 0) -> Message:
    return Message(at_ns=number, endpoint="a", direction="rx", opcode=1, size_bytes=2, wire_bytes=4, payload=b"hi")


# Outcome


@pytest.mark.parametrize(
    ("events", "is_warning", "is_problem"),
    [
        ([dialled(), opened(), closed(by="stop")], False, False),
        ([dialled(), opened(), closed(by="disruption", forced="tcp_reset")], False, False),
        ([dialled(), opened(), closed(forced="stall")], False, False),
        ([dialled(), opened(), closed()], True, False),
        ([dialled(), opened(), closed(by="heartbeat")], True, False),
        ([dialled(), failed(), opened()], True, False),
        ([dialled(), failed()], True, True),
        ([dialled(), opened(), dialled("b")], True, True),
    ],
)
def test_how_bad_a_run_was(events: list[AnyEvent], is_warning: bool, is_problem: bool) -> None:
    outcome = Outcome()

    outcome.feed(events)

    assert (outcome.reaches("warning"), outcome.reaches("problem")) == (is_warning, is_problem)


# Text


def test_lines_are_aligned_and_carry_no_escape_of_a_peer() -> None:
    text = TextLines(WallClock(), ["a", "longer"])
    hostile = Message(
        at_ns=0, endpoint="a", connection=3, direction="rx", opcode=1, size_bytes=4, wire_bytes=6, payload=b"\x1b[2J"
    )

    lines = [text.line(dialled("longer")), text.line(hostile), text.line(LoopLag(at_ns=0, lag_ns=90_000_000))]

    columns = [line.decode().split("  ", 1)[1] for line in lines if line]
    assert columns[0].startswith("longer      ")
    assert columns[1].startswith("a      #3    ")
    assert columns[2].startswith("             the measuring loop")
    assert "␛[2J" in columns[1]


def test_colours_only_where_wanted() -> None:
    assert b"\x1b[" not in (TextLines(WallClock(), ["a"]).line(closed()) or b"")
    assert b"\x1b[33m" in (TextLines(WallClock(), ["a"], colour=True).line(closed()) or b"")


def test_what_comes_every_second_is_not_shown() -> None:
    text = TextLines(WallClock(), ["a"])
    kernel = kernel_sample(0, endpoint="a")

    assert [text.line(event) for event in (kernel, LoopLag(at_ns=0, lag_ns=1), ClockAnchor(at_ns=0, wall_ns=0))] == [
        None
    ] * 3


def test_an_output_that_cannot_say_arrows_gets_escapes() -> None:
    assert b"\\u2193" in (TextLines(WallClock(), ["a"], encoding="ascii").line(message()) or b"")


def test_the_summary_names_every_way_a_connection_ended() -> None:
    text = summary_text(SUMMARY)

    assert "2 connections in 3 attempts" in text
    assert "1 x peer: Close 1011 “restart”" in text
    assert "1 x we: TCP reset (forced)" in text


# Writer


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    yield reader, writer
    for descriptor in (reader, writer):
        try:
            os.close(descriptor)
        except OSError:
            continue


def read_all(descriptor: int) -> bytes:
    return b"".join(iter(lambda: os.read(descriptor, 65536), b""))


def test_lines_come_out_whole_and_in_order(pipe: tuple[int, int]) -> None:
    reader, descriptor = pipe
    writer = LineWriter(descriptor)
    lines = [b"%d %s\n" % (number, b"x" * (number % 300)) for number in range(5000)]
    received: list[bytes] = []
    reading = threading.Thread(target=lambda: received.append(read_all(reader)))
    reading.start()

    for line in lines:
        writer.put(line)
    assert writer.finish(5)
    os.close(descriptor)
    reading.join()

    assert received == [b"".join(lines)]


def test_a_blocked_reader_blocks_neither_put_nor_finish(pipe: tuple[int, int]) -> None:
    reader, descriptor = pipe
    writer = LineWriter(descriptor, limit=10)

    started_s = time.monotonic()
    for _ in range(2000):
        writer.put(b"x" * 200 + b"\n")
    assert writer.is_full
    assert not writer.finish(0.1)
    assert time.monotonic() - started_s < 5

    os.set_blocking(reader, False)
    part = os.read(reader, 1 << 20)
    assert part.endswith(b"\n")  # never half a line
    os.close(reader)  # lets the thread go


def test_a_non_blocking_output_loses_nothing(pipe: tuple[int, int]) -> None:
    reader, descriptor = pipe
    os.set_blocking(descriptor, False)
    writer = LineWriter(descriptor)
    received: list[bytes] = []
    for _ in range(2000):
        writer.put(b"x" * 99 + b"\n")
    reading = threading.Thread(target=lambda: received.append(read_all(reader)))
    reading.start()

    assert writer.finish(5)
    os.close(descriptor)
    reading.join()

    assert len(received[0]) == 200_000


def test_a_reader_that_went_away_is_known(pipe: tuple[int, int]) -> None:
    reader, descriptor = pipe
    os.close(reader)
    writer = LineWriter(descriptor)

    writer.put(b"a\n")
    until("the writer to fail", lambda: writer.failure is not None)
    writer.put(b"b\n")

    assert writer.finish(1)
    assert isinstance(writer.failure, BrokenPipeError)


# Reporter


class Collecting:
    """A fold that keeps what it was fed, and finds what the test says."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.found: list[FindingChange] = []

    def feed(self, events: list[AnyEvent]) -> None:
        self.events += events

    def take_finding_changes(self) -> list[FindingChange]:
        changes, self.found = self.found, []
        return changes


class Listening:
    """A listener that keeps what it heard."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.found: list[FindingChange] = []

    def feed(self, events: list[AnyEvent]) -> None:
        self.events += events

    def find(self, changes: list[FindingChange]) -> None:
        self.found += changes


class Held(LineWriter):
    """A writer whose room is what the test says."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.room = 10**9

    @property
    def is_full(self) -> bool:
        return len(self.lines) >= self.room

    def put(self, line: bytes) -> None:
        self.lines.append(line)


def worded(event: AnyEvent | FindingChange) -> bytes:
    return f"dropped {event.count}".encode() if isinstance(event, SamplesDropped) else type(event).__name__.encode()


def test_a_full_writer_costs_samples_and_messages_only_and_they_are_counted() -> None:
    fold, writer = Collecting(), Held()
    writer.room = 1
    reporter = Reporter(fold, worded, writer)
    events: list[AnyEvent] = [
        dialled(),
        message(),
        message(),
        RttSample(at_ns=1, endpoint="a", kind="ws", round_trip_ns=1),
        opened(),
        message(),
    ]

    reporter.take(events)
    reporter.finish()

    assert writer.lines == [b"StateChanged", b"dropped 3", b"StateChanged", b"dropped 1"]
    assert fold.events == events


def test_listeners_hear_every_event_and_what_was_found() -> None:
    fold, listener, writer = Collecting(), Listening(), Held()
    writer.room = 0
    reporter = Reporter(fold, worded, writer, listeners=[listener])
    finding = FindingWithdrawn(at_ns=1, endpoint="a", rule="r")
    fold.found = [finding]

    reporter.take([message(), message()])

    assert len(listener.events) == 2
    assert listener.found == [finding]


def test_details_put_three_layers_below_an_ending_and_below_nothing_else() -> None:
    text = TextLines(WallClock(), ["a"], details=True)

    lines = (text.line(closed()) or b"").decode().splitlines()

    assert [line.split(":")[0].strip() for line in lines[1:]] == ["WebSocket", "TCP", "Process"]
    assert "FIN from the peer or a proxy in front of it" in lines[2]
    assert (text.line(failed()) or b"").count(b"\n") == 4
    assert (text.line(message()) or b"").count(b"\n") == 1
    assert (TextLines(WallClock(), ["a"]).line(closed()) or b"").count(b"\n") == 1


def test_details_confess_what_happened_to_ourselves_before() -> None:
    text = TextLines(WallClock(), ["a"], details=True)

    text.hear(ClockJump(at_ns=1, kind="sleep", gap_ns=61_000_000_000))

    assert "The machine slept for 61.0 s." in (text.line(closed()) or b"").decode()


def test_codes_are_called_as_the_workspace_calls_them() -> None:
    how = replace(closed().verdict, mechanism="close_frame", received_code=4003, received_reason="")
    own = EndpointConfig(name="a", url="ws://a", close_code=(OwnCloseCode(code=4003, name="token expired"),))
    text = TextLines(WallClock(), ["a"], codes={"a": own.codes})

    line = (text.line(replace(closed(), verdict=how)) or b"").decode()

    assert "peer: Close 4003 token expired" in line
