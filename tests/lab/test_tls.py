"""Over TLS the endings are what they say, too."""

import ssl
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.lab.raw_client import CLOSE, PING, PONG, TEXT, End, Frame, RawClient, close_body
from wsmonitor.lab.certificate import temporary_certificate
from wsmonitor.lab.registry import load_scenarios
from wsmonitor.lab.server import Lab


@pytest_asyncio.fixture
async def secured() -> AsyncIterator[tuple[Lab, ssl.SSLContext]]:
    """A lab behind TLS and what a client needs to trust it."""
    names = ["echo", "fin", "abrupt", "close_code", "outages", "blocked_loop"]
    with temporary_certificate("127.0.0.1") as certificate:
        lab = Lab(load_scenarios(names), certificate=certificate)
        await lab.start()
        yield lab, ssl.create_default_context(cafile=certificate.authority)
        await lab.stop()


async def test_fin_rst_and_close_reach_the_client_as_such(secured: tuple[Lab, ssl.SSLContext]) -> None:
    lab, trust = secured
    for query, expected in (
        ("fin?after=50ms", End.FIN),
        ("abrupt?low=50ms&high=60ms", End.RST),
        ("close_code?code=4000&after=50ms", Frame(CLOSE, close_body(4000))),
    ):
        url = lab.urls["echo"].replace("echo", query)
        async with await RawClient.open(url, tls=trust) as client:
            assert await client.next() == expected


@pytest.mark.parametrize("name", ["echo", "outages", "blocked_loop"])
async def test_ports_of_their_own_speak_tls_as_well(secured: tuple[Lab, ssl.SSLContext], name: str) -> None:
    lab, trust = secured

    async with await RawClient.open(lab.urls[name], tls=trust) as client:
        assert await client.answer_to("hello") == Frame(TEXT, b"hello")


@pytest.mark.expects_log("asyncio")
async def test_a_client_without_tls_is_dropped(secured: tuple[Lab, ssl.SSLContext]) -> None:
    lab, _ = secured

    async with await RawClient.dial(lab.urls["echo"]) as client:
        client.writer.write(b"GET / HTTP/1.1\r\n\r\n")

        assert await client.reader.read() is not None


async def test_a_burst_of_pings_is_answered_whole(secured: tuple[Lab, ssl.SSLContext]) -> None:
    lab, trust = secured

    async with await RawClient.open(lab.urls["echo"], tls=trust) as client:
        for number in range(10):
            client.send(PING, b"%d" % number)

        assert [await client.next() for _ in range(10)] == [Frame(PONG, b"%d" % number) for number in range(10)]
