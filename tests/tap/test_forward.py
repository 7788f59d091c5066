"""A client that takes the tap for its proxy: its URL stays the server's own."""

import asyncio
import ssl

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from tests.engine.conftest import Certificates
from tests.tap.frames import TEXT, close, frame
from tests.tap.playing import ANSWER, REQUEST, Play, playing
from wsmonitor.facts.events import Message, OpenFailed, State, StateChanged
from wsmonitor.facts.tap_events import ObserverLost, TapOpened, TapRefused

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def port_of(play: Play) -> int:
    return int(play.server.getsockname()[1])


def asking(authority: str) -> bytes:
    return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode()


async def test_a_tunnel_to_the_server_is_seen_as_well_as_any_connection_and_its_request_stays_as_it_is() -> None:
    async with playing(path="/prefix") as play:
        client = await play.connect()
        await client.send(asking(f"127.0.0.1:{port_of(play)}"))
        server = await play.accept()
        assert await client.read_head() == ESTABLISHED
        request = REQUEST.replace(b"Host: localhost", b"Host: shop.example\r\nOrigin: https://shop.example")
        await client.send(request + frame(TEXT, b"hello", masked=True))

        assert await server.read(len(request) + 11) == request + frame(TEXT, b"hello", masked=True)
        await server.send(ANSWER + frame(TEXT, b"welcome"))
        assert await client.read(len(ANSWER) + 9) == ANSWER + frame(TEXT, b"welcome")
        heard = await play.wait(Message, lambda event: event.direction == "rx")
        assert heard.payload == b"welcome"
        assert (await play.wait(TapOpened)).via == "connect"


async def test_a_whole_url_as_the_target_is_a_path_to_the_server() -> None:
    async with playing() as play:
        client = await play.connect()
        target = f"http://127.0.0.1:{port_of(play)}/ws?room=1"
        await client.send(REQUEST.replace(b"GET /", f"GET {target}".encode()))

        server = await play.accept()
        assert (await server.read_head()).startswith(b"GET /ws?room=1 HTTP/1.1\r\nHost: localhost\r\n")


@pytest.mark.parametrize("authority", ["example.org:80", "127.0.0.1:1", "127.0.0.1", "", "[", "127.0.0.1:x"])
async def test_it_is_nobody_elses_proxy(authority: str) -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(asking(authority or "/"))

        assert (await client.read_to_end())[0].startswith(b"HTTP/1.1 403")
        assert (await play.wait(TapRefused)).reason == "host"
        with pytest.raises(BlockingIOError):
            play.server.accept()


@pytest.mark.parametrize("target", ["http://example.org/", "ftp://example.org/", "ws://127.0.0.1:1/"])
async def test_a_whole_url_elsewhere_is_refused(target: str) -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(REQUEST.replace(b"GET /", f"GET {target}".encode()))

        assert (await client.read_to_end())[0].startswith(b"HTTP/1.1 403")
        assert (await play.wait(TapRefused)).value == target


async def test_tls_within_a_tunnel_passes_and_it_is_said_that_frames_are_not_seen(certificates: Certificates) -> None:
    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    trusted = ssl.create_default_context(cafile=certificates.ca_file)
    async with serve(echo, "127.0.0.1", 0, ssl=certificates.good) as server:
        url = f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with playing(url=url) as play:
            proxy = f"http://127.0.0.1:{play.port}"
            async with connect(url, proxy=proxy, ssl=trusted) as client:
                await client.send("hello")
                assert await client.recv() == "hello"
            closed = await play.closure()

    assert {event.direction for event in play.all(ObserverLost)} == {"tx", "rx"}
    assert not play.all(Message)
    assert closed.verdict.mechanism == "fin"


async def test_a_real_client_with_the_tap_as_its_proxy_is_seen_whole() -> None:
    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with playing(url=url) as play:
            async with connect(url, proxy=f"http://127.0.0.1:{play.port}") as client:
                await client.send("hello")
                assert await client.recv() == "hello"
            closed = await play.closure()

    assert [event.payload for event in play.all(Message)] == [b"hello", b"hello"]
    assert (closed.verdict.initiator, closed.verdict.sent_code) == ("local", 1000)


async def test_what_is_no_request_passes_as_it_is() -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(asking(f"127.0.0.1:{port_of(play)}"))
        server = await play.accept()
        await client.read_head()
        await client.send(b"bare\nlines\r\n\r\nand more")

        assert await server.read(22) == b"bare\nlines\r\n\r\nand more"
        await server.send(close(1000))
        assert await client.read(4) == close(1000)


async def test_a_request_for_a_page_within_a_tunnel_is_no_connection() -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(asking(f"127.0.0.1:{port_of(play)}"))
        server = await play.accept()
        await client.read_head()
        await client.send(b"GET /page HTTP/1.1\r\nHost: h\r\n\r\n")
        await server.read_head()

        changed = await play.wait(StateChanged, lambda event: event.new is State.IDLE)
        assert changed.cause == "it asks for no WebSocket"


async def test_a_server_that_is_not_there_is_502_to_the_tunnel() -> None:
    async with playing() as play:
        port = port_of(play)
        play.server.close()
        client = await play.connect()
        await client.send(asking(f"127.0.0.1:{port}"))

        assert (await client.read_to_end())[0].startswith(b"HTTP/1.1 502")
        assert (await play.wait(OpenFailed)).phase == "tcp"


async def test_a_tunnel_in_which_nobody_speaks_is_a_failed_opening() -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(asking(f"127.0.0.1:{port_of(play)}"))
        server = await play.accept()
        await client.read_head()
        client.close()

        assert (await server.read_to_end())[1] == "fin"
        assert "your client ended" in (await asyncio.wait_for(play.wait(OpenFailed), 5)).error
