"""What a slot makes of orders to disrupt: which runs, which waits, what an end is blamed on. On virtual time."""

from typing import Any, cast

import pytest

from tests.fakes import FakeClock
from wsmonitor.engine import disruptions
from wsmonitor.engine.connection import Connection
from wsmonitor.engine.disruptions import Order, TakeBack
from wsmonitor.engine.disruptions.disruptor import Disruptor
from wsmonitor.engine.reporter import Reporter
from wsmonitor.facts.events import AnyEvent, Disruption


class PlayedConnection:
    """An open connection as far as disruptions touch it."""

    def __init__(self) -> None:
        self.forced: str | None = None
        self.stalled = False
        self.muted = False
        self.aborted = 0
        self.closes = 0

    @property
    def watched(self) -> "PlayedConnection":
        return self

    @property
    def transport(self) -> "PlayedConnection":
        return self

    def write(self, data: bytes) -> None:
        """What an invalid frame looks like is tested with a peer."""

    def force(self, kind: str | None) -> None:
        self.forced = kind

    def pause(self, *, paused: bool) -> None:
        """Heartbeats and messages are somebody else's."""

    def stall(self, *, stalled: bool) -> None:
        self.stalled = stalled

    def close(self, code: int, reason: str, *, by: str) -> None:
        self.closes += 1

    def abort(self) -> None:
        self.aborted += 1

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__("muted" if name == "mutes_pongs" else name, value)


class Disrupted:
    """A slot's disruptor and what it said."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.events: list[AnyEvent] = []
        self.connection = PlayedConnection()
        self.disruptor = Disruptor(
            clock=self.clock,
            reporter=Reporter(self.events.append, endpoint="peer", slot=0),
            hold_off=lambda _seconds: None,
            changed=lambda: None,
        )

    def order(self, kind: str, argument: str = "") -> None:
        match disruptions.parse(kind, argument):
            case Order() as order:
                self.disruptor.order(order)
            case TakeBack(taken):
                self.disruptor.take_back(taken)

    def open(self) -> None:
        self.disruptor.connection_ready(cast(Connection, self.connection))

    @property
    def said(self) -> list[tuple[str, str]]:
        return [(event.kind, event.phase) for event in self.events if isinstance(event, Disruption)]


@pytest.fixture
def slot() -> Disrupted:
    return Disrupted()


@pytest.mark.parametrize("kind", ["stall", "tcp_reset"])
@pytest.mark.parametrize("taken", ["its own kind", "everything"])
def test_an_order_that_waits_says_so_and_can_be_taken_back(slot: Disrupted, kind: str, taken: str) -> None:
    slot.order(kind)
    slot.order(kind if taken == "its own kind" else "everything", "off")
    slot.open()

    assert slot.said == [(kind, "waiting"), (kind, "cancelled")]
    assert slot.connection.forced is None


def test_taking_back_one_kind_leaves_the_others_waiting(slot: Disrupted) -> None:
    slot.order("stall")
    slot.order("mute_pongs")
    slot.order("stall", "off")
    slot.open()

    assert slot.said[-1] == ("mute_pongs", "started")
    assert (slot.connection.stalled, slot.connection.muted) == (False, True)


def test_a_second_order_that_waits_replaces_the_first(slot: Disrupted) -> None:
    slot.order("stall", "10")
    slot.order("stall", "60")
    slot.open()
    slot.clock.advance(59)

    assert slot.said == [("stall", "waiting"), ("stall", "cancelled"), ("stall", "waiting"), ("stall", "started")]
    assert slot.connection.stalled


@pytest.mark.parametrize("second", ["", "60"])
def test_a_second_order_replaces_the_time_of_the_first(slot: Disrupted, second: str) -> None:
    slot.open()
    slot.order("stall", "10")
    slot.clock.advance(5)
    slot.order("stall", second)
    slot.clock.advance(50)

    assert slot.connection.stalled
    assert slot.said == [("stall", "started"), ("stall", "ended"), ("stall", "started")]


def test_when_one_of_two_conditions_ends_the_other_stands_and_is_blamed(slot: Disrupted) -> None:
    slot.open()
    slot.order("stall")
    slot.order("mute_pongs", "10")
    both = slot.connection.forced
    slot.clock.advance(10)

    assert (both, slot.connection.forced) == ("mute_pongs", "stall")
    assert (slot.connection.stalled, slot.connection.muted) == (True, False)


def test_everything_ends_with_one_word_and_nothing_is_blamed_any_more(slot: Disrupted) -> None:
    slot.open()
    slot.order("stall")
    slot.order("mute_pongs", "10")
    slot.order("everything", "off")

    assert (slot.connection.stalled, slot.connection.muted, slot.connection.forced) == (False, False, None)
    assert [phase for _, phase in slot.said] == ["started", "started", "ended", "ended"]


def test_a_condition_that_ends_does_not_take_the_blame_from_an_ending_under_way(slot: Disrupted) -> None:
    slot.open()
    slot.order("mute_pongs", "1")
    slot.order("invalid_frame")
    slot.clock.advance(1.5)

    assert slot.connection.forced == "invalid_frame"


def test_what_fails_leaves_the_blame_where_it_was(slot: Disrupted) -> None:
    def fails(*, stalled: bool) -> None:
        raise OSError("no such socket")

    slot.open()
    slot.order("mute_pongs")
    slot.connection.stall = fails  # type: ignore[method-assign]  # as a socket does
    slot.order("stall")

    assert slot.said[-1] == ("stall", "failed")
    assert slot.connection.forced == "mute_pongs"


def test_after_an_ending_what_still_waits_waits_for_the_next_connection(slot: Disrupted) -> None:
    slot.order("graceful_close")
    slot.order("stall")
    slot.open()
    before = slot.said[-1]
    slot.disruptor.connection_lost()
    slot.open()

    assert before == ("graceful_close", "started")
    assert slot.said[-1] == ("stall", "started")


def test_taking_back_an_ending_under_way_leaves_its_watchdog(slot: Disrupted) -> None:
    slot.open()
    slot.order("invalid_frame")
    slot.order("invalid_frame", "off")
    slot.clock.advance(3600)

    assert slot.connection.aborted == 1
