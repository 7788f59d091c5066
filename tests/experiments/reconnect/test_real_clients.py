"""Two clients with known manners, through a real tap: each is scored as its source says it behaves."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.client import backoff
from websockets.exceptions import ConnectionClosed, WebSocketException

from tests.experiments.reconnect.clients import NAME
from wsmonitor.engine.monitor import Monitor
from wsmonitor.experiments.reconnect.audit import Audit, Pace
from wsmonitor.experiments.reconnect.plays import PLAYS
from wsmonitor.experiments.reconnect.run import AuditRun
from wsmonitor.facts.answers import ReconnectRow
from wsmonitor.facts.events import AnyEvent
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig
from wsmonitor.tap.tap import Tap

PACE = Pace(steady_s=0.5, between_s=0.1, recovery_s=6.0, settle_s=0.5, wait_s=10.0)
LASTS_S = 2.5
LIMIT_S = 60.0
SUBSCRIBE = '{"op": "subscribe"}'
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


async def audited(client: Client) -> dict[str, ReconnectRow]:
    """The rows of the quick faults, each shortened, by their names."""
    plays = [replace(one, lasts_s=min(one.lasts_s, LASTS_S)) for one in PLAYS if one.quick]
    audit = Audit(plays, PACE, now_ns=time.monotonic_ns())
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def publish(event: AnyEvent) -> None:
        run.hear(event)
        if isinstance(event, TapListening):
            listening.set_result(f"ws://{event.addresses[0]}/")

    def disrupt(endpoint: str, kind: str, argument: str, slot: int | None) -> None:
        monitor.disrupt(endpoint, kind, argument, slot)

    run = AuditRun(NAME, audit, now_ns=time.monotonic_ns, disrupt=disrupt, publish=lambda _: None)
    monitor = Monitor(publish, make_tap=Tap)
    async with serve(_echoes, "127.0.0.1", 0, ping_interval=0.3, ping_timeout=0.6) as server, asyncio.timeout(LIMIT_S):
        port = server.sockets[0].getsockname()[1]
        monitor.add(EndpointConfig(name=NAME, url=f"ws://127.0.0.1:{port}/", tap=TapConfig()))
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


@pytest.mark.asyncio
async def test_websockets_own_loop_slows_down_after_refusals_but_not_after_accepted_ones() -> None:
    rows = await audited(_websockets)

    assert (rows["reset"].verdict, rows["reset"].subscribed) == ("ok", 1)
    assert rows["silence"].verdict == "ok"  # its pings notice
    assert "hammers" not in rows["http_503"].sentence
    assert "hammers" in rows["accept_close_1011"].sentence
    assert "although it was refused for good" in rows["refused_4401"].sentence


@pytest.mark.asyncio
async def test_a_plain_loop_without_delay_or_heartbeat_is_named_for_both() -> None:
    rows = await audited(_plain_loop)

    assert (rows["reset"].verdict, rows["reset"].subscribed) == ("ok", 1)
    assert rows["silence"].verdict == "bad"
    assert "not noticed" in rows["silence"].sentence  # the server did, but nothing of that arrives on a dead path
    assert "hammers" in rows["http_503"].sentence
    assert "hammers" in rows["accept_close_1011"].sentence
    assert "hammers" in rows["refuse"].sentence or rows["refuse"].tries_per_minute is None  # as the kernel lets us look
    assert rows["refuse"].subscribed == 1
