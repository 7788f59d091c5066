"""Claims about the opening."""

import asyncio

from tests.lab.raw_client import PING, PONG, TEXT, Frame, RawClient


async def http_status(url: str) -> None:
    answer = await RawClient.get(url + "?code=429&retry_after=7&body=too+many")
    assert (answer.status, answer.headers["retry-after"], answer.body) == (429, "7", b"too many\n")
    assert (await RawClient.get(url)).status == 503


async def redirect(url: str) -> None:
    base = url.removesuffix("/redirect")
    path, seen = "/redirect?hops=3&to=/echo%3Froom%3Da", []
    while (answer := await RawClient.get(base + path)).status == 307:
        path = answer.headers["location"]
        seen.append(path)
    assert answer.status == 101
    assert len(seen) == 3
    assert seen[-1] == "/echo?room=a"


async def refuse(url: str) -> None:
    try:
        await RawClient.dial(url)
    except ConnectionRefusedError:
        return
    raise AssertionError("not refused")


async def hang_tcp(url: str) -> None:
    try:
        async with asyncio.timeout(0.5):
            await RawClient.dial(url)
    except TimeoutError:
        return
    raise AssertionError("the handshake of TCP was completed")


async def hang_tls(url: str) -> None:
    assert url.startswith("wss://")
    async with await RawClient.dial(url) as client:
        client.writer.write(b"\x16\x03\x01\x00\xc8\x01")  # the head of a ClientHello
        assert await client.is_silent(0.2)


async def hang_http(url: str) -> None:
    async with await RawClient.dial(url) as client:
        try:
            async with asyncio.timeout(0.2):
                await client.ask(url)
        except TimeoutError:
            return
    raise AssertionError("answered")


async def late_handler(url: str) -> None:
    async with await RawClient.open(url + "?by=300ms") as client:
        client.send(TEXT, b"too early")
        client.send(PING, b"p")
        assert await client.next() == Frame(PONG, b"p")
        assert await client.is_silent(0.4)
        assert await client.answer_to("in time") == Frame(TEXT, b"in time")
