"""The server's leg through proxies that are spoken to over TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from tests.engine.conftest import Certificates
from tests.engine.peer import Wire, peer
from tests.tap.frames import TEXT, frame
from tests.tap.playing import ANSWER, REQUEST, playing
from wsmonitor.facts.events import OpenFailed, PhaseDone
from wsmonitor.settings.endpoint_settings import EndpointConfig, TlsConfig
from wsmonitor.tap.sockets.upstream import target_of


@asynccontextmanager
async def proxy(context: ssl.SSLContext, status: str = "200 Connection established") -> AsyncIterator[str]:
    """A CONNECT proxy over TLS; it passes bytes and the end of each side on."""

    async def serve(wire: Wire) -> None:
        await wire.request()
        wire.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
        if status.startswith("200"):
            host, _, port = wire.request_line.split()[1].rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(pour(wire.read_some, writer.write, writer.close))
                tasks.create_task(pour(lambda: reader.read(65536), wire.write, wire.end))
        wire.end()

    async def pour(
        read: Callable[[], Awaitable[bytes]], write: Callable[[bytes], None], end: Callable[[], None]
    ) -> None:
        while data := await read():
            write(data)
        end()

    async with peer(serve, tls=context) as listening:
        yield f"https://127.0.0.1:{listening.port}"


@asynccontextmanager
async def greeting(context: ssl.SSLContext | None) -> AsyncIterator[str]:
    """A server that accepts and greets."""

    async def serve(wire: Wire) -> None:
        await wire.request()
        wire.write(ANSWER + frame(TEXT, b"welcome"))
        assert await wire.read_bytes(9) == frame(TEXT, b"bye", masked=True)
        wire.end()

    async with peer(serve, tls=context) as listening:
        yield f"{'ws' if context is None else 'wss'}://127.0.0.1:{listening.port}/"


@pytest.mark.parametrize("secure", [False, True], ids=["ws", "wss"])
async def test_a_server_is_reached_through_a_proxy_that_speaks_tls(certificates: Certificates, *, secure: bool) -> None:
    async with (
        greeting(certificates.good if secure else None) as url,
        proxy(certificates.good) as through,
        playing(url=url, proxy=through, tls=TlsConfig(ca=certificates.ca_file)) as play,
    ):
        client = await play.connect()
        await client.send(REQUEST)
        assert await client.read(len(ANSWER) + 9) == ANSWER + frame(TEXT, b"welcome")
        await client.send(frame(TEXT, b"bye", masked=True))

        assert await client.read_to_end() == (b"", "fin")
        tcp = next(event for event in play.all(PhaseDone) if event.phase == "tcp")
        assert tcp.detail["proxy"] == through


async def test_a_proxy_whose_certificate_is_not_trusted_is_told_and_hears_nothing(certificates: Certificates) -> None:
    async with (
        greeting(None) as url,
        proxy(certificates.untrusted) as through,
        playing(url=url, proxy=through, tls=TlsConfig(ca=certificates.ca_file)) as play,
    ):
        client = await play.connect()
        await client.send(REQUEST)

        assert (await client.read_head()).startswith(b"HTTP/1.1 502")
        assert "certificate not accepted" in (await play.wait(OpenFailed)).error


async def test_a_proxy_over_tls_that_refuses_is_told_with_its_status(certificates: Certificates) -> None:
    async with (
        greeting(None) as url,
        proxy(certificates.good, "407 Proxy Authentication Required") as through,
        playing(url=url, proxy=through, tls=TlsConfig(ca=certificates.ca_file)) as play,
    ):
        client = await play.connect()
        await client.send(REQUEST)

        assert (await client.read_head()).startswith(b"HTTP/1.1 502")
        assert (await play.wait(OpenFailed)).status == 407


@pytest.mark.parametrize("word", ["none", "None", "NONE"])
def test_no_proxy_is_asked_for_in_any_case_of_its_letters(word: str) -> None:
    assert target_of(EndpointConfig(name="tap", url="ws://example.com/", proxy=word), {}).proxy is None
