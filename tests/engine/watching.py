"""Run the engine on an endpoint and wait for named facts, each with a limit."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar, cast

from tests.fakes import FakeClock
from wsmonitor.engine.monitor import Monitor
from wsmonitor.facts.events import AnyEvent, ConnectionClosed, Event, OpenFailed, State, StateChanged, Verdict
from wsmonitor.settings.endpoint_settings import (
    CloseConfig,
    ConnectConfig,
    EndpointConfig,
    PingConfig,
    RetryConfig,
    to_ns,
)

E = TypeVar("E", bound=Event)

LIMIT_S = 5.0
NAME = "peer"


def endpoint(url: str, **settings: Any) -> EndpointConfig:
    """An endpoint with limits of tenths of seconds that pings not at all and connects once."""
    defaults: dict[str, Any] = {
        "connect": ConnectConfig(timeout_s=1.0),
        "close": CloseConfig(timeout_s=0.3),
        "ping": PingConfig(enabled=False),
        "retry": RetryConfig(enabled=False),
    }
    return EndpointConfig(name=NAME, url=url, **{**defaults, **settings})


def pings(interval_s: float = 0.05, timeout_s: float = 0.05, max_missed: int = 2) -> PingConfig:
    """Pings in a hurry."""
    return PingConfig(interval_s=interval_s, timeout_s=timeout_s, max_missed=max_missed)


def retries(base_s: float = 0.05, **settings: Any) -> RetryConfig:
    """Dial again soon."""
    return RetryConfig(**{"base_s": base_s, "cap_s": 0.1, "stable_after_s": 0.05, "breaker": False, **settings})


class Watch:
    """A monitor with one endpoint and everything that it has stated so far."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.events: list[AnyEvent] = []
        self._more = asyncio.Event()
        self.monitor = Monitor(self._publish, clock=clock)

    def _publish(self, event: AnyEvent) -> None:
        self.events.append(event)
        self._more.set()

    def all(self, kind: type[E]) -> list[E]:
        """The facts of one kind, in order."""
        return [cast(E, event) for event in self.events if isinstance(event, kind)]

    async def fact(
        self, kind: type[E], that: Callable[[E], bool] = lambda _: True, *, count: int = 1, limit_s: float = LIMIT_S
    ) -> E:
        """The `count`-th fact of a kind for which `that` is true; waits for it at most `limit_s`."""

        async def find() -> E:
            while True:
                self._more.clear()
                found = [event for event in self.all(kind) if that(event)]
                if len(found) >= count:
                    return found[count - 1]
                await self._more.wait()

        try:
            return await asyncio.wait_for(find(), limit_s)
        except TimeoutError:
            said = "\n".join(map(repr, self.events[-30:]))
            raise AssertionError(f"no {kind.__name__} number {count} within {limit_s} s; last facts:\n{said}") from None

    async def state(self, state: State, *, count: int = 1, limit_s: float = LIMIT_S) -> StateChanged:
        """The `count`-th time that the endpoint came into `state`."""
        return await self.fact(StateChanged, lambda change: change.new is state, count=count, limit_s=limit_s)

    async def verdict(self, *, count: int = 1, limit_s: float = LIMIT_S) -> Verdict:
        """The verdict of the `count`-th closure."""
        return (await self.fact(ConnectionClosed, count=count, limit_s=limit_s)).verdict

    async def failure(self, *, count: int = 1, limit_s: float = LIMIT_S) -> OpenFailed:
        """The `count`-th opening that failed."""
        return await self.fact(OpenFailed, count=count, limit_s=limit_s)


@contextlib.asynccontextmanager
async def watching(
    config: EndpointConfig, *, connect: bool = True, clock: FakeClock | None = None
) -> AsyncIterator[Watch]:
    """Monitor one endpoint until the block ends; with a `clock`, engine time passes only when that is told to."""
    watch = Watch(clock)
    watch.monitor.add(config)
    if connect:
        watch.monitor.connect(config.name)
    try:
        yield watch
    finally:
        if clock is not None:
            asyncio.get_running_loop().call_later(0.1, clock.advance, 1.0)
        await watch.monitor.close(0.5)


def lasted_s(watch: Watch, verdict: Verdict) -> float:
    """How long the closure took: from its first fact to the end of the transport."""
    closed = next(event for event in watch.all(ConnectionClosed) if event.verdict is verdict)
    opened = next(
        event for event in watch.all(StateChanged) if event.new is State.OPEN and event.connection == closed.connection
    )
    return (closed.at_ns - opened.at_ns - verdict.life_ns) / to_ns(1)
