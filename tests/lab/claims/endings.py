"""Claims of the endings by time and accident."""

import time

from tests.lab.claims.common import serves
from tests.lab.raw_client import CLOSE, PING, PONG, TEXT, End, Frame, RawClient, close_body


async def idle_close(url: str) -> None:
    async with await RawClient.open(url + "?after=300ms") as client:
        for _ in range(4):  # 400 ms with traffic
            client.send(PONG, b"")
            assert await client.is_silent(0.1)
        quiet_s = time.monotonic()
        assert await client.next() is End.FIN
        assert 0.1 < time.monotonic() - quiet_s < 2
    # What the server sends does not count for rx; what we send unanswered does not count for tx.
    async with await RawClient.open(url + "?after=200ms&silence=tx") as client:
        while (frame := await _next_after_pong(client)) is not End.FIN:
            assert frame is None
    async with await RawClient.open(url + "?after=200ms&silence=both&how=1001") as client:
        await serves(client)
        assert await client.next() == Frame(CLOSE, close_body(1001, "going away"))


async def _next_after_pong(client: RawClient) -> Frame | End | None:
    """Sends bytes that ask for no answer; what comes within 50 ms."""
    client.send(PONG)
    try:
        return await client.next(limit_s=0.05)
    except TimeoutError:
        return None


async def data_deadline(url: str) -> None:
    async with await RawClient.open(url + "?after=400ms&how=fin") as client:
        for _ in range(3):  # 600 ms with messages
            assert await client.answer_to("busy") == Frame(TEXT, b"busy")
            assert await client.is_silent(0.2)
        began_s = time.monotonic()
        while (frame := await _next_after_ping(client)) is not End.FIN:
            assert frame in (None, Frame(PONG, b"does not count"))
        assert time.monotonic() - began_s < 2


async def _next_after_ping(client: RawClient) -> Frame | End | None:
    client.send(PING, b"does not count")
    try:
        return await client.next(limit_s=0.05)
    except TimeoutError:
        return None


async def forgetful_path(url: str) -> None:
    async with await RawClient.open(url + "?after=200ms") as client:
        await serves(client)
        assert await client.is_silent(0.4)
        client.send(PING, b"anybody?")
        assert await client.is_silent(0.3)
    async with await RawClient.open(url + "?after=200ms&then=rst") as client:
        assert await client.is_silent(0.4)
        client.send(PING, b"anybody?")
        assert await client.next() is End.RST


async def lifetime(url: str) -> None:
    async with await RawClient.open(url + "?after=300ms") as client:
        began_s = time.monotonic()
        while await client.answer_to("busy") is not End.FIN:
            pass
        assert 0.29 <= time.monotonic() - began_s < 2


async def abrupt(url: str) -> None:
    lives_s = []
    for _ in range(4):
        async with await RawClient.open(url + "?low=20ms&high=200ms") as client:
            began_s = time.monotonic()
            assert await client.next() is End.RST
            lives_s.append(time.monotonic() - began_s)
    assert min(lives_s) >= 0.015
    assert max(lives_s) - min(lives_s) > 0.01


async def broadcast(url: str) -> None:
    async with (
        await RawClient.open(url + "?low=200ms&high=400ms&beat=20ms") as first,
        await RawClient.open(url + "?low=200ms&high=400ms&beat=20ms") as second,
    ):
        await serves(first)
        await serves(second)
        ends = [await first.next(), await second.next()]
    assert ends.count(End.RST) == 1
    assert Frame(CLOSE, close_body(1011, "internal error")) in ends


async def fin(url: str) -> None:
    async with await RawClient.open(url + "?after=100ms") as client:
        await serves(client)
        assert await client.next() is End.FIN


async def early_close(url: str) -> None:
    for how, expected in (
        ("fin", End.FIN),
        ("rst", End.RST),
        ("1011", Frame(CLOSE, close_body(1011, "internal error"))),
    ):
        async with await RawClient.open(f"{url}?how={how}") as client:
            assert await client.next() == expected


async def handler_crash(url: str) -> None:
    async with await RawClient.open(url) as client:
        await serves(client)
        assert await client.answer_to("please crash now") is End.FIN
    async with await RawClient.open(url + "?on=poison&how=1011") as client:
        assert await client.answer_to("crash") == Frame(TEXT, b"crash")
        assert await client.answer_to("poison") == Frame(CLOSE, close_body(1011, "internal error"))


async def middlebox_reset(url: str) -> None:
    async with await RawClient.open(url + "?after=150ms") as client:
        await serves(client)
        assert await client.is_silent(0.3)
        client.send(PING, b"still there?")
        assert await client.next() is End.RST
