"""The scenarios of the lab end through a tap as they end without one: the verdict of a client of ours is the same."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.engine.watching import NAME as PEER
from tests.engine.watching import endpoint, watching
from tests.tap.playing import NAME, playing
from wsmonitor.facts.ended import Verdict
from wsmonitor.facts.events import ConnectionClosed
from wsmonitor.lab.registry import load_scenarios
from wsmonitor.lab.server import Lab

LIMIT_S = 20.0
SCENARIOS = {
    "fin": "/fin?after=100ms",
    "abrupt": "/abrupt?low=100ms&high=200ms",
    "no_close_reply": "/no_close_reply?hold=1s",
    "no_tcp_close": "/no_tcp_close?after=100ms&hold=1s",
    "double_close": "/double_close",
    "bad_frame": "/bad_frame",
    "bad_utf8": "/bad_utf8",
    "drip": "/drip",
    "close_code": "/close_code?code=4401",
    "fragments": "/fragments",
}


@asynccontextmanager
async def lab() -> AsyncIterator[Lab]:
    running = Lab({name: one for name, one in load_scenarios().items() if name in SCENARIOS})
    await running.start()
    try:
        yield running
    finally:
        await running.stop()


async def verdict_of(url: str) -> Verdict:
    """A client of ours goes there, and closes after a while if nobody else does."""
    async with watching(endpoint(url)) as watch:
        try:
            return await watch.verdict(limit_s=1.0)
        except AssertionError:
            watch.monitor.stop(PEER)
            return await watch.verdict(limit_s=LIMIT_S)


def told(verdict: Verdict) -> tuple[object, ...]:
    return (
        verdict.by,
        verdict.initiator,
        verdict.mechanism,
        verdict.received_code,
        verdict.received_reason,
        verdict.sent_code,
        verdict.clean,
    )


@pytest.mark.parametrize("name", SCENARIOS)
async def test_a_scenario_ends_through_the_tap_as_it_does_without(name: str) -> None:
    async with lab() as running:
        url = f"ws://127.0.0.1:{running.port}"
        direct = await verdict_of(url + SCENARIOS[name])
        async with playing(url=url) as play:
            through = await verdict_of(f"ws://127.0.0.1:{play.port}{SCENARIOS[name]}")
            closed = await play.wait(ConnectionClosed, lambda event: event.endpoint == NAME)

        assert told(through) == told(direct)
        by_client = direct.initiator == "local"
        assert closed.verdict.initiator == ("local" if by_client or direct.mechanism == "protocol_error" else "peer")
