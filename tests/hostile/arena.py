"""An engine with a victim and a bystander: what the attack costs, and whether the bystander notices."""

import asyncio
import contextlib
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from msgspec.structs import replace
from websockets.asyncio.server import ServerConnection, serve

from tests.engine.watching import Watch, endpoint, pings
from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    Control,
    EndpointEvent,
    HeartbeatMissed,
    Message,
    RttSample,
    StateChanged,
)

BYSTANDER = "bystander"
PING_S = 0.02
LONGEST_WORK_S = 0.1
"""Between two pongs of the bystander the engine may use this much CPU time, and no more."""


@dataclass
class Bystander:
    """What the engine said of the endpoint that nobody attacked, and its CPU time at every pong."""

    beats_cpu_s: list[float] = field(default_factory=list)
    complaints: list[AnyEvent] = field(default_factory=list)

    def note(self, event: AnyEvent) -> bool:
        """Take in an event; true if it is a pong of the bystander."""
        if not isinstance(event, EndpointEvent) or event.endpoint != BYSTANDER:
            return False
        if isinstance(event, HeartbeatMissed | ConnectionClosed) or (isinstance(event, StateChanged) and self.beats):
            self.complaints.append(event)
        if not isinstance(event, RttSample) or event.kind != "ws":
            return False
        self.beats_cpu_s.append(time.thread_time())
        return True

    @property
    def beats(self) -> int:
        """Pongs so far."""
        return len(self.beats_cpu_s)

    @property
    def longest_work_s(self) -> float:
        """The most CPU time that the engine used between two pongs, however busy the machine."""
        return max((later - earlier for earlier, later in pairwise(self.beats_cpu_s)), default=0.0)


class Arena(Watch):
    """A monitor whose facts about the bystander are kept apart; what comes by the million is only counted."""

    def __init__(self) -> None:
        self.bystander = Bystander()
        self.frames = 0
        self._beat = asyncio.Event()
        self._frame_passed = asyncio.Event()
        super().__init__()

    def _publish(self, event: AnyEvent) -> None:
        if self.bystander.note(event):
            self._beat.set()
        if not isinstance(event, EndpointEvent) or event.endpoint == BYSTANDER:
            return
        if isinstance(event, Control | Message):
            self.frames += 1
            self._frame_passed.set()
        else:
            super()._publish(event)

    async def beats(self, count: int, limit_s: float = 10.0) -> None:
        """Wait until the bystander has got so many more pongs."""
        wanted = self.bystander.beats + count
        async with asyncio.timeout(limit_s):
            while self.bystander.beats < wanted:
                self._beat.clear()
                await self._beat.wait()

    async def passed(self, frames: int, limit_s: float = 20.0) -> None:
        """Wait until so many frames have passed between us and the attacker."""
        async with asyncio.timeout(limit_s):
            while self.frames < frames:
                self._frame_passed.clear()
                await self._frame_passed.wait()

    def assert_undisturbed(self) -> None:
        """Nothing about the bystander changed, and its heartbeat was kept."""
        assert not self.bystander.complaints
        if not tracemalloc.is_tracing():  # which makes everything several times slower
            assert self.bystander.longest_work_s <= LONGEST_WORK_S


@contextlib.asynccontextmanager
async def arena(port: int, **settings: Any) -> AsyncIterator[Arena]:
    """Monitor the bystander first, then the attacker on `port`; at the end the bystander must be well."""

    async def stay(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with serve(stay, "127.0.0.1", 0, ping_interval=None) as server:
        here = Arena()
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/"
        here.monitor.add(replace(endpoint(url, ping=pings(PING_S, timeout_s=5.0)), name=BYSTANDER))
        here.monitor.connect(BYSTANDER)
        try:
            await here.beats(3)
            victim = endpoint(f"ws://127.0.0.1:{port}/", **settings)
            here.monitor.add(victim)
            here.monitor.connect(victim.name)
            yield here
            await here.beats(3)
            here.assert_undisturbed()
        finally:
            await here.monitor.close(0.2)


@contextlib.contextmanager
def python_memory_below(limit_bytes: int) -> Iterator[None]:
    """What Python allocates inside never exceeds `limit_bytes` at once."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= limit_bytes, f"{peak / 1e6:.1f} MB"
