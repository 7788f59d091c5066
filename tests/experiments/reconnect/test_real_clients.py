"""Clients with known manners, through a real tap: each is scored as its source says it behaves.

Faults are shortened here; `make clients` plays them as they are, and installs what is missing for those of Node.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import pytest
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.client import backoff
from websockets.exceptions import ConnectionClosed, WebSocketException

from tests.experiments.reconnect.clients import NAME
from tools.clients import roster
from tools.clients import running as clients
from tools.clients.roster import CLIENTS
from wsmonitor.engine.monitor import Monitor
from wsmonitor.experiments.reconnect.audit import Audit, Pace
from wsmonitor.experiments.reconnect.plays import PLAYS
from wsmonitor.experiments.reconnect.run import AuditRun
from wsmonitor.facts.answers import ReconnectRow
from wsmonitor.facts.events import AnyEvent
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.settings.endpoint_settings import EndpointConfig, PingConfig, TapConfig
from wsmonitor.tap.tap import Tap

PACE = Pace(steady_s=0.5, between_s=0.1, recovery_s=6.0, settle_s=0.5, wait_s=10.0)
LASTS_S = 2.5
LIMIT_S = 60.0
SUBSCRIBE = '{"op": "subscribe"}'
OTHERS = ("reconnecting-websocket", "graphql-ws", "socket.io-client", "chromium")
Client = Callable[[str], Awaitable[None]]


async def _echoes(connection: ServerConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


@contextlib.asynccontextmanager
async def running(client: Awaitable[None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(client)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def echoing() -> AsyncIterator[str]:
    async with serve(_echoes, "127.0.0.1", 0, ping_interval=0.3, ping_timeout=0.6) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def audited(client: Client, *faults: str, pace: Pace = PACE, upstream: str = "") -> dict[str, ReconnectRow]:
    """The rows of these faults, or of the quick ones, each shortened, by their names; without `upstream` it echoes."""
    chosen = [one for one in PLAYS if one.name in faults or (one.quick and not faults)]
    plays = [replace(one, lasts_s=min(one.lasts_s, LASTS_S)) for one in chosen]
    audit = Audit(plays, pace, now_ns=time.monotonic_ns())
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def publish(event: AnyEvent) -> None:
        run.hear(event)
        if isinstance(event, TapListening):
            listening.set_result(f"ws://{event.addresses[0]}/")

    def disrupt(endpoint: str, kind: str, argument: str, slot: int | None) -> None:
        monitor.disrupt(endpoint, kind, argument, slot)

    run = AuditRun(NAME, audit, now_ns=time.monotonic_ns, disrupt=disrupt, publish=lambda _: None)
    monitor = Monitor(publish, make_tap=Tap)
    async with echoing() as echo, asyncio.timeout(LIMIT_S):
        monitor.add(EndpointConfig(name=NAME, url=upstream or echo, tap=TapConfig()))
        try:
            monitor.connect(NAME)
            async with running(client(await listening)):
                answer = await run.run(asyncio.Event())
        finally:
            await monitor.close()
    return {row.fault: row for row in answer.rows}


async def _websockets(url: str) -> None:
    """Its own loop: it waits between failed openings, and begins anew after each that succeeded."""
    delays = partial(backoff, initial_delay=0.1, min_delay=0.2)
    async for connection in connect(url, open_timeout=1, ping_interval=0.3, ping_timeout=0.3, reconnect_delays=delays):
        with contextlib.suppress(ConnectionClosed):
            await connection.send(SUBSCRIBE)
            await connection.wait_closed()


async def _plain_loop(url: str) -> None:
    """No delay and no heartbeat."""
    while True:
        with contextlib.suppress(OSError, WebSocketException):
            async with connect(url, open_timeout=1, ping_interval=None) as connection:
                await connection.send(SUBSCRIBE)
                await connection.wait_closed()


async def _own_engine(url: str) -> None:
    """Its own defaults, but for a heartbeat that notices within the shortened fault."""
    monitor = Monitor(lambda _: None)
    ping = PingConfig(interval_s=0.4, timeout_s=0.4, max_missed=1)
    monitor.add(EndpointConfig(name="own", url=url, preamble=(SUBSCRIBE,), ping=ping))
    try:
        monitor.connect("own")
        await asyncio.Future()
    finally:
        await monitor.close()


async def _leaves_the_old_open(url: str) -> None:
    """Where pongs are missing it opens a new connection, and forgets the old one."""
    forgotten: list[ClientConnection] = []
    try:
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                forgotten.append(await connect(url, open_timeout=1, ping_interval=None, close_timeout=0.1))
                await forgotten[-1].send(SUBSCRIBE)
                while True:
                    await asyncio.wait_for(await forgotten[-1].ping(), 0.4)
                    await _passes()
            await _passes()
    finally:
        await asyncio.gather(*(one.close() for one in forgotten))


async def _passes() -> None:
    """A little time, by the loop's own clock."""
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, passed.set)
    await passed.wait()


@pytest.mark.asyncio
async def test_our_own_engine_has_no_red_row() -> None:
    # After openings that end at once its breaker waits longer than a shortened fault: `make clients` plays those.
    rows = await audited(_own_engine, "reset", "silence")

    assert [(row.fault, row.sentence) for row in rows.values() if row.verdict == "bad"] == []
    assert rows["silence"].noticed_s is not None
    assert [row.subscribed for row in rows.values()] == [1, 1]


@pytest.mark.asyncio
async def test_a_client_that_forgets_the_connection_whose_pongs_are_missing_has_two() -> None:
    rows = await audited(_leaves_the_old_open, "silence", pace=replace(PACE, settle_s=1.5))

    assert rows["silence"].verdict == "bad"
    assert "the old one stays open" in rows["silence"].sentence


@pytest.mark.asyncio
async def test_websockets_own_loop_notices_and_has_no_delay_after_an_opening_that_succeeded() -> None:
    rows = await audited(_websockets, "silence", "accept_close_1011")

    assert (rows["silence"].verdict, rows["silence"].subscribed) == ("ok", 1)  # its pings notice
    assert (rows["accept_close_1011"].tries_per_minute or 0) > 100


@pytest.mark.asyncio
async def test_a_plain_loop_without_delay_or_heartbeat_is_named_for_both() -> None:
    rows = await audited(_plain_loop, "silence", "refuse", "http_503")

    assert "not noticed" in rows["silence"].sentence  # the server did, but nothing of that arrives on a dead path
    assert "hammers" in rows["http_503"].sentence
    assert "hammers" in rows["refuse"].sentence or rows["refuse"].tries_per_minute is None  # as the kernel lets us look
    assert rows["refuse"].subscribed == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("one", [one for one in CLIENTS if one.package in OTHERS], ids=lambda one: one.package)
async def test_clients_that_others_wrote_come_back_after_a_reset(one: roster.Client) -> None:
    if one.missing:
        pytest.skip(f"{one.missing}: `make clients` installs it")
    async with clients.server(one.server) as upstream:
        client = partial(clients.play, one, upstream=upstream)
        rows = await audited(client, "reset", pace=replace(PACE, recovery_s=20.0, wait_s=30.0), upstream=upstream)

    assert one.known["reset"].holds(rows["reset"]), rows["reset"].sentence
    assert rows["reset"].back_s is not None
