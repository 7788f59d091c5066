"""The clock is set, the process stopped, the machine put to sleep: on virtual time, against a real peer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tests.engine.peer import PING, PONG, Script, Wire, frame, peer
from tests.engine.watching import Watch, endpoint
from tests.fakes import FakeClock
from wsmonitor.engine.monitor import Monitor
from wsmonitor.facts.events import ClockAnchor, ClockJump, ConnectionClosed, HeartbeatMissed, RttSample, State
from wsmonitor.settings.endpoint_settings import NS, PingConfig, RetryConfig, to_ns

HOUR_S = 3600.0
PINGS = PingConfig(interval_s=19.5, timeout_s=10.0)  # not the default, which pings early


class Later(Watch):
    """A monitor on a clock of ours."""

    def __init__(self) -> None:
        super().__init__()
        assert self.monitor._ticker is not None
        self.monitor._ticker.cancel()  # of the real clock, which is replaced
        self.events.clear()
        self.clock = FakeClock()
        self.monitor = Monitor(self._publish, clock=self.clock)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, tick by tick, as it does for a process that runs."""
        self.clock.advance(seconds)

    @property
    def jumps(self) -> list[tuple[str, int]]:
        """Kind and whole seconds of every jump that was stated."""
        return [(jump.kind, round(jump.gap_ns / NS)) for jump in self.all(ClockJump)]


@asynccontextmanager
async def on_virtual_time(script: Script | None = None) -> AsyncIterator[Later]:
    """A monitor on a fake clock; with a script, connected to a peer that plays it."""
    later = Later()
    async with AsyncExitStack() as stack:
        if script is not None:
            listening = await stack.enter_async_context(peer(script))
        stack.push_async_callback(later.monitor.close, 0)  # before the peer: it may be dialling again
        if script is not None:
            later.monitor.add(endpoint(listening.url, ping=PINGS, retry=RetryConfig(base_s=1.0)))
            later.monitor.connect("peer")
            await later.state(State.OPEN)
        yield later


async def answers(wire: Wire) -> None:
    """Answer every ping."""
    await wire.upgrade()
    while True:
        wire.write(frame(PONG, (await wire.read_until(PING)).payload))


async def is_gone(wire: Wire) -> None:
    """Answer nothing: the other end vanished while we slept."""
    await wire.upgrade()
    await asyncio.Event().wait()


async def test_a_clock_set_by_an_hour_is_a_step_and_times_are_anchored_anew() -> None:
    async with on_virtual_time() as later:
        for step_s in (HOUR_S, -HOUR_S):
            later.pass_time(1)
            later.clock.wall_offset_ns += to_ns(step_s)
            later.pass_time(1)

        assert later.jumps == [("step", 3600), ("step", -3600)]
        anchor = later.all(ClockAnchor)[-1]
        assert anchor.wall_ns - anchor.at_ns == 1_700_000_000 * NS


async def test_a_clock_that_is_set_disturbs_no_connection() -> None:
    async with on_virtual_time(answers) as later:
        later.clock.wall_offset_ns -= to_ns(HOUR_S)
        later.pass_time(20)
        await later.fact(RttSample, lambda sample: sample.kind == "ws")

        assert later.jumps == [("step", -3600)]
        assert (later.all(ConnectionClosed), later.all(HeartbeatMissed)) == ([], [])


async def test_a_minute_of_sleep_is_said_and_the_connection_tested_at_once() -> None:
    async with on_virtual_time(answers) as later:
        later.clock.sleep(60)
        later.pass_time(0.1)  # long before the next ping is due
        await later.fact(RttSample, lambda sample: sample.kind == "ws")

        assert later.jumps == [("sleep", 60)]
        assert (later.all(ConnectionClosed), later.all(HeartbeatMissed)) == ([], [])


async def test_a_connection_that_did_not_survive_the_sleep_is_given_up_after_two_seconds() -> None:
    async with on_virtual_time(is_gone) as later:
        later.clock.sleep(60)
        later.pass_time(0.1)
        later.pass_time(2.5)

        missed = await later.fact(HeartbeatMissed)
        assert missed.consecutive == 1
        await later.state(State.CLOSING)
        later.pass_time(3)  # the close timeout
        verdict = await later.verdict()
        assert (verdict.initiator, verdict.mechanism, verdict.by) == ("local", "timeout", "heartbeat")


async def test_a_process_that_was_stopped_says_so_and_blames_no_pong_on_the_peer() -> None:
    async with on_virtual_time(answers) as later:
        later.pass_time(1)
        later.clock.stop_for(15)
        later.pass_time(20)
        await later.fact(RttSample, lambda sample: sample.kind == "ws")

        assert later.jumps == [("stall", 15)]
        assert later.all(ConnectionClosed) == []
