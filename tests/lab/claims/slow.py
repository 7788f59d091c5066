"""Claims of the slow scenarios."""

import asyncio
import time

from tests.lab.claims.common import serves, until_unanswered
from tests.lab.raw_client import PING, PONG, TEXT, End, Frame, RawClient


async def slow_answers(url: str) -> None:
    async with await RawClient.open(url + "?delay=200ms") as client:
        sent_s = time.monotonic()
        client.send(TEXT, b"slow")
        client.send(PING, b"quick")
        assert await client.next() == Frame(PONG, b"quick")
        assert await client.next() == Frame(TEXT, b"slow")
        assert time.monotonic() - sent_s >= 0.19


async def ramp(url: str) -> None:
    async with await RawClient.open(url + "?over=600ms&max=200ms") as client:
        delays_s = []
        while True:
            sent_s = time.monotonic()
            client.send(PING, b"x")
            if await client.next() is End.FIN:
                break
            delays_s.append(time.monotonic() - sent_s)
        assert delays_s[-1] > 0.08
        assert delays_s[-1] > 3 * delays_s[0]


async def not_reading(url: str) -> None:
    async with await RawClient.open(url + "?after=100ms&hold=1s") as client:
        await serves(client)
        await until_unanswered(client, PING, b"read?")
        client.writer.write(bytes(20 * 1024 * 1024))
        try:
            async with asyncio.timeout(0.3):
                await client.writer.drain()
        except TimeoutError:
            return
        raise AssertionError("the server still reads")


async def blocked_loop(url: str) -> None:
    async with await RawClient.open(url + "?block=200ms&every=300ms") as client:
        began_s, delays_s = time.monotonic(), []
        while time.monotonic() - began_s < 1:
            sent_s = time.monotonic()
            assert await client.answer_to("x") == Frame(TEXT, b"x")
            delays_s.append(time.monotonic() - sent_s)
        assert 2 <= sum(delay_s > 0.15 for delay_s in delays_s) <= 4
        assert sorted(delays_s)[len(delays_s) // 2] < 0.05
