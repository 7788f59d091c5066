"""What an open connection takes: as much as a bare one, not several times that."""

import asyncio
import gc
import sys
from collections import deque
from collections.abc import Iterator
from types import MethodType

from tests.engine.peer import peer, polite
from tests.engine.watching import endpoint, watching
from wsmonitor.engine.clocks.clock import SystemClock
from wsmonitor.engine.clocks.lag import LagMeter
from wsmonitor.engine.clocks.tasks import Tasks
from wsmonitor.engine.clocks.turns import Turns
from wsmonitor.engine.monitor import Monitor
from wsmonitor.engine.monitored import Endpoint
from wsmonitor.engine.redialling.dial_budget import DialBudget
from wsmonitor.engine.slot import Slot
from wsmonitor.engine.wire.watched_connection import WatchedConnection
from wsmonitor.facts.events import State

SHARED = (type, DialBudget, Endpoint, LagMeter, Monitor, SystemClock, Tasks, Turns)
OWN_LIMIT_BYTES = 4096
"""The connection of websockets itself takes about 12 KiB."""


def belonging_to(slot: Slot) -> Iterator[object]:
    """What the engine holds for one connection slot, and nothing that several share."""
    seen: set[int] = set()
    waiting: list[object] = [slot]
    while waiting:
        one = waiting.pop()
        ours = type(one).__module__.startswith("wsmonitor.engine") or isinstance(one, MethodType)
        if id(one) in seen or isinstance(one, SHARED) or not (ours or isinstance(one, dict | list | deque)):
            continue
        seen.add(id(one))
        yield one
        if not isinstance(one, WatchedConnection):  # from here on it is the library's
            waiting += gc.get_referents(one)


async def test_what_the_engine_holds_for_an_open_connection_is_small() -> None:
    async with peer(polite) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        (slot,) = watch.monitor._slots()

        held = list(belonging_to(slot))

    assert any(isinstance(one, WatchedConnection) for one in held)
    assert not any(isinstance(one, deque) for one in held), "an empty one takes 760 bytes: make it when it is needed"
    assert sum(map(sys.getsizeof, held)) < OWN_LIMIT_BYTES


async def test_what_was_said_in_the_opening_is_let_go_once_it_was_told() -> None:
    async with peer(polite) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        (slot,) = watch.monitor._slots()
        assert slot.connection is not None
        connection = slot.connection.watched
        assert connection is not None
        await asyncio.gather(*watch.monitor._shared.tasks._running)

        assert connection.request is None
        assert connection.response is not None
        assert not connection.response.headers
        assert slot._cancel_dial is None
