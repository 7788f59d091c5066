"""A tap that is stopped says so, and all its faults go at one word."""

from tests.tap.playing import NAME, playing
from wsmonitor.facts.events import EVERYTHING, OFF, Disruption, State, StateChanged


async def test_a_tap_that_is_stopped_is_so_until_it_listens_again() -> None:
    async with playing() as play:
        play.monitor.stop(NAME)
        stopped = await play.wait(StateChanged, lambda event: event.new is State.STOPPED)
        play.monitor.connect(NAME)
        await play.wait(StateChanged, lambda event: event.old is State.STOPPED and event.new is State.IDLE)

    assert stopped.cause == "stopped"


async def test_every_fault_ends_at_one_word() -> None:
    async with playing() as play:
        play.monitor.disrupt(NAME, "latency", "1ms")
        play.monitor.disrupt(NAME, "drop_pongs", "")

        play.monitor.disrupt(NAME, EVERYTHING, OFF)
        ended = [event.kind for event in play.events if isinstance(event, Disruption) and event.phase == "ended"]

    assert sorted(ended) == ["drop_pongs", "latency"]
