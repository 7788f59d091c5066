"""The reference server keeps the promises of the stories 2, 3 and 5."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from tests.lab.raw_client import CLOSE, PING, PONG, TEXT, End, Frame, RawClient, close_body
from tests.waiting import until_async
from wsmonitor.lab.reference.session import send_when_ready
from wsmonitor.lab.reference.stats import Ending, ending_of
from wsmonitor.lab.server import Lab
from wsmonitor.lab.wire.wire import PeerFinError, PeerResetError


async def stats_of(lab: Lab) -> dict[str, Any]:
    answer = await RawClient.get(lab.urls["reference"].replace("/reference", "/ws/stats"))
    assert answer.headers["content-type"] == "application/json"
    value: dict[str, Any] = json.loads(answer.body)
    return value


async def stats_once(lab: Lab, fact: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The counts as soon as a fact holds."""
    seen: list[dict[str, Any]] = []

    async def holds() -> bool:
        seen.append(await stats_of(lab))
        return fact(seen[-1])

    await until_async("the counts", holds)
    return seen[-1]


async def welcomed(url: str) -> RawClient:
    client = await RawClient.open(url)
    frame = await client.next()
    assert isinstance(frame, Frame)
    assert json.loads(frame.payload)["type"] == "connected"
    return client


async def answer_pings(client: RawClient) -> None:
    """A client that is alive, until the server closes."""
    while isinstance(frame := await client.next(), Frame):
        if frame.opcode == PING:
            client.send(PONG, frame.payload)


async def test_a_hundred_clients_of_which_half_vanish_leave_exact_counts_and_no_error(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "wsmonitor.lab")
    url = lab.urls["reference"] + "?heartbeat=100ms"
    clients = await asyncio.gather(*(welcomed(url) for _ in range(100)))
    assert (await stats_of(lab))["active"] == 100
    mute, fin, rst, alive = clients[:20], clients[20:35], clients[35:50], clients[50:]
    living = [asyncio.create_task(answer_pings(client)) for client in alive]

    for client in fin:
        client.writer.write_eof()
    for client in rst:
        client.writer.transport.abort()  # unread heartbeats make this a RST; without any it is a FIN
    stats = await stats_once(lab, lambda now: bool(now["stale"] == 20 and now["active"] == 50))
    for client in alive:
        client.send(CLOSE, close_body(1000))
    await asyncio.gather(*living)
    final = await stats_once(lab, lambda now: bool(now["active"] == 0))

    assert stats["total"] == final["total"] == 100
    assert final["disconnects"]["closed"] == 50
    assert final["disconnects"]["stale"] == 20
    assert final["disconnects"]["fin"] + final["disconnects"]["reset"] == 30
    assert final["disconnects"]["fin"] >= 15
    assert sum(final["disconnects"].values()) == 100
    assert [record for record in caplog.records if record.levelno > logging.DEBUG] == []
    assert sum(" left after " in record.getMessage() for record in caplog.records) == 100
    for client in (*mute, *fin, *alive):
        client.writer.transport.abort()


async def test_a_client_that_misses_three_heartbeats_is_told_and_hung_up_on(lab: Lab) -> None:
    async with await welcomed(lab.urls["reference"] + "?heartbeat=50ms") as client:
        frames = [await client.next() for _ in range(4)]

        assert frames[:3] == [Frame(PING, b"heartbeat")] * 3
        assert frames[3] == Frame(CLOSE, close_body(1001, "no sign of life for 3 heartbeats"))
        assert await client.next() is End.FIN


async def test_any_byte_is_a_sign_of_life(lab: Lab) -> None:
    async with await welcomed(lab.urls["reference"] + "?heartbeat=50ms") as client:
        for _ in range(10):
            assert await client.next() == Frame(PING, b"heartbeat")
            client.send(PONG, b"unsolicited")


async def test_a_client_that_does_not_read_does_not_hold_up_the_heartbeats_of_others(lab: Lab) -> None:
    url = lab.urls["reference"] + "?heartbeat=100ms"
    async with await welcomed(url) as full, await welcomed(url) as well:
        full.writer.write(_masked_text(b"x" * 60_000) * 400)  # echoed, never read

        for _ in range(5):
            assert await well.next(limit_s=2.5) == Frame(PING, b"heartbeat")
            well.send(PONG)


def _masked_text(payload: bytes) -> bytes:
    return b"\x81\xfe" + len(payload).to_bytes(2, "big") + bytes(4) + payload


async def test_the_welcome_waits_until_the_session_is_ready(lab: Lab) -> None:
    async with await welcomed(lab.urls["reference"] + "?ready_after=100ms") as client:
        assert await client.answer_to("hello") == Frame(TEXT, b"hello")


@pytest.mark.expects_log("wsmonitor.lab.reference.session")
async def test_a_session_that_never_gets_ready_is_refused_with_one_error_line(
    lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    async with await RawClient.open(lab.urls["reference"] + "?ready_after=1h") as client:
        assert await client.next() == Frame(CLOSE, close_body(1013, "session not ready"))
        assert await client.next() is End.FIN

    assert len([record for record in caplog.records if record.levelno >= logging.ERROR]) == 1


async def test_a_client_that_leaves_before_its_welcome_is_an_ordinary_disconnect(lab: Lab) -> None:
    client = await RawClient.open(lab.urls["reference"] + "?ready_after=100ms")
    client.writer.transport.abort()

    stats = await stats_once(lab, lambda now: bool(now["total"] == 1 and now["active"] == 0))

    assert stats["disconnects"]["fin"] + stats["disconnects"]["reset"] == 1


async def test_a_violation_gets_one_close_with_its_code(lab: Lab) -> None:
    async with await welcomed(lab.urls["reference"]) as client:
        client.send(3, b"")

        assert await client.next() == Frame(CLOSE, close_body(1002, "unknown opcode 3"))
        assert await client.next() is End.FIN
    stats = await stats_once(lab, lambda now: bool(now["active"] == 0))
    assert stats["disconnects"]["protocol_violation"] == 1


async def test_a_disconnect_inside_a_frame_is_an_ordinary_one(lab: Lab) -> None:
    client = await welcomed(lab.urls["reference"])
    client.writer.write(b"\x81\xfe\xff\xff1234half")
    client.writer.write_eof()

    stats = await stats_once(lab, lambda now: bool(now["active"] == 0))

    assert stats["disconnects"]["fin"] == 1
    client.writer.transport.abort()


async def test_stopping_the_lab_counts_as_such(lab: Lab) -> None:
    client = await welcomed(lab.urls["reference"])

    await lab.stop()

    assert lab.open_connections == 0
    client.writer.transport.abort()


async def test_the_welcome_is_tried_three_times_after_0_50_and_100_ms() -> None:
    asked_s: list[float] = []
    now = asyncio.get_running_loop().time

    def ready() -> bool:
        asked_s.append(now())
        return len(asked_s) == 3

    async def send() -> None:
        pass

    assert await send_when_ready(send, ready, name="client")
    assert asked_s[1] - asked_s[0] >= 0.045
    assert asked_s[2] - asked_s[1] >= 0.095


def test_disconnects_are_told_apart_by_type() -> None:
    assert ending_of(PeerFinError("RST it says, but the type counts")) is Ending.FIN
    assert ending_of(PeerResetError("FIN")) is Ending.RESET
