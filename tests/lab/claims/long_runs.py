"""Claims of the long runs."""

import asyncio

from tests.lab.claims.common import serves
from tests.lab.claims.opening import refuse
from tests.lab.raw_client import CLOSE, End, Frame, RawClient, close_body
from tests.waiting import until_async


async def flap(url: str) -> None:
    url += "?up=300ms&down=600ms"
    async with await RawClient.open(url) as client:
        await serves(client)
        assert await client.next() is End.RST
    assert (await RawClient.get(url)).status == 503
    await until_async("a server that accepts", lambda: _accepts(url))


async def _accepts(url: str) -> bool:
    return (await RawClient.get(url)).status == 101


async def deploy(url: str) -> None:
    url += "?every=500ms&down=200ms"
    async with await RawClient.open(url) as first, await RawClient.open(url) as second:
        await serves(first)
        ends = list(await asyncio.gather(first.next(), second.next()))
        assert ends == [Frame(CLOSE, close_body(1012, "service restart"))] * 2
        assert (await RawClient.get(url)).status == 503


async def mixed_endings(url: str) -> None:
    seen = set()
    for _ in range(6):
        async with await RawClient.open(url + "?low=5ms&high=20ms") as client:
            end = await client.next()
            seen.add(int.from_bytes(end.payload[:2], "big") if isinstance(end, Frame) else end)
    assert seen == {End.FIN, End.RST, 1001, 1011, 1012, 4000}


async def outages(url: str) -> None:
    slow = url + "?up=100ms&refused=200ms&unavailable=500ms"
    async with await RawClient.open(slow) as client:
        await serves(client)
        assert await client.next() == Frame(CLOSE, close_body(1012, "service restart"))
    await refuse(slow)
    await until_async("a server that accepts again", lambda: _is_back(slow))


async def _is_back(url: str) -> bool:
    """True once it accepts; on the way there it refuses, then says when to come again."""
    try:
        answer = await RawClient.get(url)
    except ConnectionRefusedError:
        return False
    if answer.status != 101:
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    return answer.status == 101


async def mixed(url: str) -> None:
    seen: set[object] = set()
    for _ in range(25):
        async with await RawClient.dial(url) as client:
            answer = await client.ask(url + "?mean=5ms&seed=3")
            if answer.status != 101:
                seen.add(answer.status)
                continue
            try:
                end = await client.next(limit_s=0.3)
                seen.add(end.payload if isinstance(end, Frame) else end)
            except TimeoutError:
                seen.add("mute")
    assert 503 in seen
    assert {End.FIN, End.RST} <= seen
    assert len(seen) >= 6
