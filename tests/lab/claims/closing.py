"""Claims about close codes and the closing handshake."""

from tests.lab.claims.common import serves
from tests.lab.raw_client import CLOSE, TEXT, End, Frame, RawClient, close_body


async def close_code(url: str) -> None:
    for code in (1000, 1011, 4999, 999, 1005, 1006, 1015, 65535):
        async with await RawClient.open(f"{url}?code={code}&reason=so+it+is&after=10ms") as client:
            assert await client.next() == Frame(CLOSE, close_body(code, "so it is"))
            client.send(CLOSE, close_body(1000))
            assert await client.next() is End.FIN
    async with await RawClient.open(f"{url}?body=empty&after=10ms") as client:
        assert await client.next() == Frame(CLOSE, b"")


async def double_close(url: str) -> None:
    async with await RawClient.open(url + "?after=50ms") as client:
        await serves(client)
        assert await client.next() == Frame(CLOSE, close_body(1011, "keepalive ping timeout"))
        second = await client.next()
        assert isinstance(second, Frame)
        assert second.opcode == TEXT
        assert await client.next() == Frame(CLOSE, close_body(1000, "closed again"))
        assert await client.next() is End.FIN


async def replaced(url: str) -> None:
    async with await RawClient.open(url) as first, await RawClient.open(url + "?room=other") as stranger:
        await serves(first)
        async with await RawClient.open(url) as second:
            assert await first.next() == Frame(CLOSE, close_body(1008, "replaced by a newer connection"))
            await serves(second)
            await serves(stranger)


async def rate_limit(url: str) -> None:
    busy = url + "?messages=3&opens=2&per=10s"
    async with await RawClient.open(busy) as client:
        for _ in range(3):
            await client.answer_to("m")
        assert await client.answer_to("m") == Frame(CLOSE, close_body(1008, "rate limit exceeded: too many messages"))
    async with await RawClient.open(busy):
        refused = await RawClient.get(busy)
        assert refused.status == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 10


async def count_limit(url: str) -> None:
    async with await RawClient.open(url + "?messages=3") as client:
        for _ in range(3):
            assert await client.answer_to("m") == Frame(TEXT, b"m")
        assert await client.next() == Frame(CLOSE, close_body(1008, "policy violation"))


async def size_limit(url: str) -> None:
    async with await RawClient.open(url + "?limit=10") as client:
        await serves(client)
        closed = await client.answer_to("x" * 11)
        assert isinstance(closed, Frame)
        assert closed.payload[:2] == close_body(1009)


async def no_close_reply(url: str) -> None:
    async with await RawClient.open(url) as client:
        await serves(client)
        client.send(CLOSE, close_body(1000))
        assert await client.is_silent(0.3)


async def no_tcp_close(url: str) -> None:
    async with await RawClient.open(url + "?after=20ms") as client:
        assert await client.next() == Frame(CLOSE, close_body(1000))
        client.send(CLOSE, close_body(1000))
        assert await client.is_silent(0.3)
    async with await RawClient.open(url) as client:
        client.send(CLOSE, close_body(4000))
        assert await client.next() == Frame(CLOSE, close_body(4000))
        assert await client.is_silent(0.3)
