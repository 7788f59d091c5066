"""A server that refused an upgrade goes on listening, and the client asks again on the same connection."""

import pytest

from tests.tap.frames import TEXT, frame
from tests.tap.playing import ANSWER, REQUEST, Play, Raw, playing
from wsmonitor.facts.events import Message, OpenFailed, State, StateChanged
from wsmonitor.facts.tap_events import TapOpened, TapRefused

REFUSAL = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"


async def refused(play: Play) -> tuple[Raw, Raw]:
    """A client whose upgrade was refused, and its server."""
    client = await play.connect()
    await client.send(REQUEST)
    server = await play.accept()
    await server.read_head()
    await server.send(REFUSAL)
    assert await client.read(len(REFUSAL)) == REFUSAL
    return client, server


async def test_the_second_request_is_rewritten_and_its_connection_seen_like_any() -> None:
    async with playing() as play:
        client, server = await refused(play)
        await client.send(REQUEST.replace(b"Upgrade: w", b"Authorization: Basic eA==\r\nUpgrade: w"))
        head = await server.read_head()
        await server.send(ANSWER + frame(TEXT, b"welcome"))

        assert await client.read(len(ANSWER) + 9) == ANSWER + frame(TEXT, b"welcome")
        assert b"Host: 127.0.0.1:" in head
        assert (await play.wait(OpenFailed)).status == 401
        opened = await play.wait(StateChanged, lambda event: event.new is State.OPEN)
        assert (await play.wait(Message)).slot == opened.slot == 0


async def test_a_second_request_that_is_not_meant_for_the_tap_is_refused() -> None:
    async with playing() as play:
        client, server = await refused(play)
        await client.send(REQUEST.replace(b"Host: localhost", b"Host: evil.example"))

        assert (await client.read_to_end())[0].startswith(b"HTTP/1.1 421")
        assert (await play.wait(TapRefused)).reason == "host"
        client.close()
        assert await server.read_to_end() == (b"", "fin")


async def test_a_page_that_is_asked_for_next_passes() -> None:
    async with playing() as play:
        client, server = await refused(play)
        await client.send(b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n")

        assert (await server.read_head()).startswith(b"GET /page HTTP/1.1\r\nHost: 127.0.0.1:")


@pytest.mark.parametrize("data", [frame(TEXT, b"too early", masked=True), b"bare\nlines\r\n\r\nand more"])
async def test_what_is_no_request_passes_as_it_is(data: bytes) -> None:
    async with playing() as play:
        client, server = await refused(play)
        await client.send(data)

        assert await server.read(len(data)) == data


async def test_what_came_with_the_request_for_a_tunnel_is_read_within_it() -> None:
    async with playing() as play:
        client = await play.connect()
        port = int(play.server.getsockname()[1])
        await client.send(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n\r\n".encode() + REQUEST)
        server = await play.accept()

        assert await server.read(len(REQUEST)) == REQUEST
        assert (await play.wait(TapOpened)).via == "connect"
