"""Runs the engine for `watch`: dials, forces disconnects at their times, and ends when it is time to."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from wsmonitor.facts.events import AnyEvent, State, StateChanged
from wsmonitor.settings.endpoint_settings import EndpointConfig

CLOSE_TIMEOUT_S = 1.0
Publish = Callable[[AnyEvent], None]


class MonitorLike(Protocol):
    """What `watch` needs of `engine.monitor.Monitor`."""

    def add(self, config: EndpointConfig) -> None: ...
    def connect(self, name: str) -> None: ...
    def disrupt(self, name: str, kind: str, argument: str = "", slot: int | None = None) -> None: ...
    def all_stopped(self) -> bool: ...
    async def close(self, timeout_s: float = 1.0) -> None: ...


@dataclass(frozen=True)
class PlannedDisruption:
    """Force a disconnect of this kind on every endpoint, `at_s` after the first dial."""

    kind: str
    argument: str
    at_s: float


@dataclass(frozen=True)
class Plan:
    """What to watch, for how long (`None`: until interrupted or everything has stopped for good)."""

    endpoints: Sequence[EndpointConfig]
    duration_s: float | None = None
    disruptions: Sequence[PlannedDisruption] = ()


class Ending:
    """Set once from any thread when the run is to end; remembers whether a signal asked for it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._ended = asyncio.Event()
        self.was_interrupted = False

    def ask(self) -> None:
        """End the run; from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._ended.set)
        except RuntimeError:  # the loop has closed: the run has ended
            return

    def interrupt(self) -> None:
        """End the run because the user or the system said so."""
        self.was_interrupted = True
        self._ended.set()

    async def wait(self, timeout_s: float | None) -> None:
        """Wait until the run is to end, at most `timeout_s`."""
        try:
            await asyncio.wait_for(self._ended.wait(), timeout_s)
        except TimeoutError:
            return


async def measure(
    plan: Plan,
    publish: Publish,
    *,
    make_monitor: Callable[[Publish], MonitorLike],
    started: Callable[[Ending], None],
) -> bool:
    """Run `plan`, publish every event, and say whether a signal ended it.

    `started` gets the `Ending` before the first dial, for whoever else may want the run to end.
    """
    loop = asyncio.get_running_loop()
    ending = Ending(loop)
    monitor: MonitorLike | None = None

    def end_if_all_stopped() -> None:
        if monitor is not None and monitor.all_stopped():
            ending.ask()

    def take(event: AnyEvent) -> None:
        publish(event)
        if isinstance(event, StateChanged) and event.new in (State.STOPPED, State.FAILED):
            loop.call_soon(end_if_all_stopped)  # the engine may still be in the middle of its step

    monitor = make_monitor(take)
    timers: list[asyncio.TimerHandle] = []
    with _signals(loop, ending):
        try:
            started(ending)
            for endpoint in plan.endpoints:
                monitor.add(endpoint)
            for endpoint in plan.endpoints:
                monitor.connect(endpoint.name)
            timers = [loop.call_later(one.at_s, _force, monitor, plan, one) for one in plan.disruptions]
            await ending.wait(plan.duration_s)
        finally:
            for timer in timers:
                timer.cancel()
            await monitor.close(timeout_s=CLOSE_TIMEOUT_S)
    return ending.was_interrupted


def _force(monitor: MonitorLike, plan: Plan, planned: PlannedDisruption) -> None:
    for endpoint in plan.endpoints:
        monitor.disrupt(endpoint.name, planned.kind, planned.argument)


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, ending: Ending) -> Iterator[None]:
    """SIGINT and SIGTERM end the run while this lasts."""
    wanted = (signal.SIGINT, signal.SIGTERM)
    try:
        for number in wanted:
            loop.add_signal_handler(number, ending.interrupt)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread (never run there)
        yield
        return
    try:
        yield
    finally:
        for number in wanted:
            loop.remove_signal_handler(number)
