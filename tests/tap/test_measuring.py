"""What a tap tells by itself, by a clock of our own."""

from tests.fakes import FakeClock
from wsmonitor.facts.events import AnyEvent
from wsmonitor.facts.tap_events import RefusalReason, TapRefused
from wsmonitor.tap.measuring import TOLD_EACH, Measuring


def told(reason: RefusalReason, times: int) -> list[int]:
    """The counts of what is told where so many come at once."""
    clock = FakeClock()
    events: list[AnyEvent] = []
    measuring = Measuring("tap", clock=clock, publish=events.append, pairs=lambda: (), connections=lambda: 0)
    measuring.begin()

    for _ in range(times):
        measuring.refused(reason, "who")
    clock.advance(1.5)

    return [event.count for event in events if isinstance(event, TapRefused)]


def test_of_many_strangers_in_a_second_one_is_told_and_the_number_of_the_others() -> None:
    assert told("origin", 25) == [1, 24]


def test_openings_that_a_fault_refuses_are_told_one_by_one_for_their_spacing() -> None:
    assert told("fault", 25) == [1] * TOLD_EACH + [25 - TOLD_EACH]
