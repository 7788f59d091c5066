"""When a run ends, and what it asks of the engine; against a monitor that only takes notes."""

import asyncio
import os
import signal
import time

import pytest

from wsmonitor.cli.watch.run import Ending, Plan, PlannedDisruption, Publish, measure
from wsmonitor.facts.events import AnyEvent, State, StateChanged
from wsmonitor.settings.endpoint_settings import EndpointConfig


class NotingMonitor:
    """Notes what it is asked to do; stops when told."""

    def __init__(self, publish: Publish, *, stops_by_itself: bool = False) -> None:
        self.publish = publish
        self.asked: list[str] = []
        self._stops_by_itself = stops_by_itself
        self._is_stopped = False

    def add(self, config: EndpointConfig) -> None:
        self.asked.append(f"add {config.name}")

    def connect(self, name: str) -> None:
        self.asked.append(f"connect {name}")
        if self._stops_by_itself:
            asyncio.get_running_loop().call_later(0.01, self.stop)

    def stop(self) -> None:
        self.publish(StateChanged(at_ns=0, endpoint="a", old=State.OPEN, new=State.STOPPED))
        self._is_stopped = True  # after the event: the run must not look too early

    def disrupt(self, name: str, kind: str, argument: str = "", slot: int | None = None) -> None:
        self.asked.append(f"disrupt {name} {kind} {argument}".rstrip())

    def all_stopped(self) -> bool:
        return self._is_stopped

    async def close(self, timeout_s: float = 1.0) -> None:
        self.asked.append("close")


PLAN = Plan([EndpointConfig(name="a", url="ws://a"), EndpointConfig(name="b", url="ws://b")])


async def run(plan: Plan, *, stops_by_itself: bool = False) -> tuple[bool, list[str], list[AnyEvent]]:
    monitors: list[NotingMonitor] = []
    events: list[AnyEvent] = []

    def make(publish: Publish) -> NotingMonitor:
        monitors.append(NotingMonitor(publish, stops_by_itself=stops_by_itself))
        return monitors[0]

    interrupted = await measure(plan, events.append, make_monitor=make, started=lambda _: None)
    return interrupted, monitors[0].asked, events


async def test_a_run_ends_after_its_duration_and_closes() -> None:
    interrupted, asked, _ = await run(Plan(PLAN.endpoints, duration_s=0.05))

    assert not interrupted
    assert asked == ["add a", "add b", "connect a", "connect b", "close"]


async def test_a_run_ends_early_once_everything_has_stopped_for_good() -> None:
    started_s = time.monotonic()

    interrupted, asked, events = await run(Plan(PLAN.endpoints, duration_s=30), stops_by_itself=True)

    assert time.monotonic() - started_s < 10
    assert not interrupted
    assert asked[-1] == "close"
    assert events


async def test_disconnects_are_forced_on_every_endpoint_at_their_time() -> None:
    planned = (
        PlannedDisruption("tcp_reset", "", 0.02),
        PlannedDisruption("stall", "3", 0.01),
        PlannedDisruption("x", "", 9),
    )

    _, asked, _ = await run(Plan(PLAN.endpoints, duration_s=0.1, disruptions=planned))

    assert asked[4:] == [
        "disrupt a stall 3",
        "disrupt b stall 3",
        "disrupt a tcp_reset",
        "disrupt b tcp_reset",
        "close",
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_end_a_run_and_are_given_back(number: signal.Signals) -> None:
    asyncio.get_running_loop().call_later(0.02, os.kill, os.getpid(), number)

    interrupted, asked, _ = await run(PLAN)

    assert interrupted
    assert asked[-1] == "close"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_anyone_may_end_a_run_also_when_it_is_over() -> None:
    endings: list[Ending] = []

    def started(ending: Ending) -> None:
        endings.append(ending)
        ending.ask()

    assert not await measure(PLAN, lambda _: None, make_monitor=NotingMonitor, started=started)
    endings[0].ask()
