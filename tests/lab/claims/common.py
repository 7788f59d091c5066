"""What several claims share."""

import asyncio

from tests.lab.raw_client import CLOSE, LIMIT_S, PING, PONG, TEXT, End, Frame, RawClient, close_body


async def closes_well(client: RawClient) -> None:
    """Our Close is echoed with its code, then FIN comes."""
    client.send(CLOSE, close_body(4321, "bye"))
    assert await client.next() == Frame(CLOSE, close_body(4321))
    assert await client.next() is End.FIN


async def serves(client: RawClient) -> None:
    """Nothing is wrong yet: messages and pings are answered."""
    assert await client.answer_to("hello") == Frame(TEXT, b"hello")
    client.send(PING, b"p")
    assert await client.next() == Frame(PONG, b"p")


async def until_unanswered(client: RawClient, opcode: int, payload: bytes) -> None:
    """Asks until an answer stays out."""
    async with asyncio.timeout(LIMIT_S):
        client.send(opcode, payload)
        while not await client.is_silent(0.2):
            client.send(opcode, payload)
