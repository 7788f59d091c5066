"""Claims of the scenarios about heartbeats."""

import time

from tests.lab.claims.common import closes_well, serves, until_unanswered
from tests.lab.raw_client import CLOSE, PING, PONG, TEXT, End, Frame, RawClient, close_body


async def read_deadline(url: str) -> None:
    async with await RawClient.open(url + "?ping=50ms&deadline=300ms") as client:  # answers pings: lives
        assert await client.answer_to('{"type":"session_info","session_id":1}') == Frame(
            TEXT, b'{"type": "session_confirmed", "session_id": 1}'
        )
        began_s = time.monotonic()
        while time.monotonic() - began_s < 0.6:
            assert await client.next() == Frame(PING, b"read deadline")
            client.send(PONG, b"read deadline")
    for ending, pongs in (("?ping=50ms&deadline=200ms", False), ("?ping=50ms&deadline=200ms&pongs=ignored", True)):
        async with await RawClient.open(url + ending) as client:
            began_s = time.monotonic()
            while (frame := await client.next()) is not End.FIN:
                client.send(TEXT, b'{"type":"ping"}')  # data does not reset the deadline
                assert isinstance(frame, Frame)
                assert frame.opcode in (PING, TEXT)
                if pongs and frame.opcode == PING:
                    client.send(PONG, frame.payload)
            assert 0.19 <= time.monotonic() - began_s < 2


async def no_pong(url: str) -> None:
    async with await RawClient.open(url) as client:
        client.send(PING, b"x")
        assert await client.answer_to("hello") == Frame(TEXT, b"hello")
        assert await client.is_silent(0.1)
        await closes_well(client)


async def late_pong(url: str) -> None:
    async with await RawClient.open(url + "?delay=200ms") as client:
        sent_s = time.monotonic()
        client.send(PING, b"late")
        assert await client.answer_to("hello") == Frame(TEXT, b"hello")
        assert await client.next() == Frame(PONG, b"late")
        assert time.monotonic() - sent_s >= 0.19


async def wrong_pong(url: str) -> None:
    async with await RawClient.open(url) as client:
        for payload in (b"mine", b"wrong"):
            client.send(PING, payload)
            answer = await client.next()
            assert isinstance(answer, Frame)
            assert answer.opcode == PONG
            assert answer.payload != payload
        await closes_well(client)


async def app_stuck(url: str) -> None:
    async with await RawClient.open(url + "?after=150ms") as client:
        await serves(client)
        await until_unanswered(client, TEXT, b'{"type":"ping"}')
        client.send(PING, b"alive")
        assert await client.next() == Frame(PONG, b"alive")
        await closes_well(client)


async def silent(url: str) -> None:
    async with await RawClient.open(url) as client:
        client.send(TEXT, b"hello")
        client.send(PING, b"x")
        assert await client.next() == Frame(PONG, b"x")
        await closes_well(client)
    async with await RawClient.open(url + "?pongs=no") as client:
        client.send(PING, b"x")
        client.send(CLOSE, close_body(1000))
        assert await client.is_silent(0.2)
