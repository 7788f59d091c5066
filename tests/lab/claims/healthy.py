"""Claims of the healthy scenarios."""

import time

from tests.lab.claims.common import closes_well, serves
from tests.lab.raw_client import BINARY, PING, PONG, TEXT, Frame, RawClient


async def echo(url: str) -> None:
    async with await RawClient.open(url) as client:
        assert await client.answer_to("hello") == Frame(TEXT, b"hello")
        client.send(BINARY, bytes(range(256)) * 300)
        assert await client.next() == Frame(BINARY, bytes(range(256)) * 300)
        assert await client.answer_to('{"type":"ping","id":7}') == Frame(TEXT, b'{"type": "pong", "id": 7}')
        client.send(PING, b"probe")
        assert await client.next() == Frame(PONG, b"probe")
        await closes_well(client)


async def reference(url: str) -> None:
    async with await RawClient.open(url) as client:
        welcome = await client.next()
        assert isinstance(welcome, Frame)
        assert b'"connected"' in welcome.payload
        assert await client.answer_to('{"type":"session_info","session_id":"s1"}') == Frame(
            TEXT, b'{"type": "session_confirmed", "session_id": "s1"}'
        )
        await serves(client)
        await closes_well(client)


async def jitter(url: str) -> None:
    async with await RawClient.open(url + "?mean=20ms&max=60ms") as client:
        delays_s = []
        for _ in range(10):
            sent_s = time.monotonic()
            client.send(PING, b"x")
            assert await client.next() == Frame(PONG, b"x")
            delays_s.append(time.monotonic() - sent_s)
        assert max(delays_s) > 0.02
        assert max(delays_s) > 2 * min(delays_s)
        await closes_well(client)
