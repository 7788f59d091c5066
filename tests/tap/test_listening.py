"""Attacks on the listener, and what it does when something runs out."""

import errno
import resource
import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest

from tests.engine.conftest import Certificates
from tests.tap.playing import ANSWER, REQUEST, playing
from wsmonitor.engine.monitor import Monitor
from wsmonitor.engine.opening.happy_eyeballs import Race
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, State, StateChanged
from wsmonitor.facts.tap_events import TapListening, TapRefused
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig
from wsmonitor.tap import opening
from wsmonitor.tap.sockets import listener
from wsmonitor.tap.tap import Tap


@pytest.mark.parametrize(
    ("request_head", "status", "reason"),
    [
        (REQUEST.replace(b"Host: localhost", b"Host: evil.example"), b"421", "host"),
        (REQUEST.replace(b"Upgrade:", b"Origin: https://evil.example\r\nUpgrade:"), b"403", "origin"),
        (b"PRI * HTTP/2.0\r\n\r\n", b"505", "not_http"),
        (b"GET / HTTP/1.1\r\nHost: a\nHost: localhost\r\n\r\n", b"400", "not_http"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, b"431", "not_http"),
    ],
)
async def test_who_may_not_come_is_answered_and_nothing_is_dialled(
    request_head: bytes, status: bytes, reason: str
) -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(request_head)

        answer, how = await client.read_to_end()
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert how == "fin"
        assert (await play.wait(TapRefused)).reason == reason
        with pytest.raises(BlockingIOError):
            play.server.accept()


async def test_what_is_no_http_at_all_gets_no_answer() -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(b"\x16\x03\x01\x02\x00\x01")

        assert await client.read_to_end() == (b"", "fin")
        assert (await play.wait(TapRefused)).reason == "not_http"


async def test_a_head_that_breaks_off_is_told() -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(REQUEST[:30])
        client.close()

        assert (await play.wait(TapRefused)).value == "a head that ended after 30 bytes (FIN)"


async def test_who_speaks_no_tls_where_the_tap_does_is_told(certificates: Certificates) -> None:
    async with playing(tap=TapConfig(cert=certificates.client_file)) as play:
        client = await play.connect()
        await client.send(REQUEST)

        await client.read_to_end()
        assert (await play.wait(TapRefused)).value == "the TLS handshake failed: http request"


async def test_a_head_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "HEAD_LIMIT_NS", 50_000_000)

    async with playing() as play:
        client = await play.connect()
        await client.send(REQUEST[:20])

        assert (await client.read_to_end())[0].startswith(b"HTTP/1.1 408")
        await play.wait(TapRefused)


async def test_a_connection_on_which_nobody_asks_for_anything_ends_without_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "HEAD_LIMIT_NS", 50_000_000)

    async with playing() as play:
        client = await play.connect()

        assert await client.read_to_end() == (b"", "fin")
        assert play.all(TapRefused) == []


async def test_more_clients_than_allowed_are_turned_away() -> None:
    async with playing(tap=TapConfig(max_clients=1)) as play:
        await play.opened()
        second = await play.connect()

        assert (await second.read_to_end())[0].startswith(b"HTTP/1.1 503")
        assert (await play.wait(TapRefused)).reason == "limit"


async def test_without_descriptors_a_client_is_answered_and_the_tap_goes_on() -> None:
    async with playing() as play:
        waiting = [await play.connect() for _ in range(4)]
        used = max(raw.sock.fileno() for raw in waiting)
        extra = []
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        try:
            client = socket.socket()
            client.setblocking(False)
            resource.setrlimit(resource.RLIMIT_NOFILE, (used + 8, hard))
            try:
                while True:
                    extra.append(socket.socket())
            except OSError:
                pass
            client.connect_ex(("127.0.0.1", play.port))
            refused = await play.wait(TapRefused)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for one in extra:
                one.close()

        client.setblocking(True)
        client.settimeout(5)
        assert client.recv(100).startswith(b"HTTP/1.1 503")
        assert refused.reason == "limit"
        client.close()
        opened, _ = await play.opened()
        assert opened.sock.fileno() >= 0


async def test_without_a_descriptor_for_the_server_the_client_hears_that_it_is_the_taps_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run(_race: Race, _addresses: object) -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(Race, "run", run)

    async with playing() as play:
        client = await play.connect()
        await client.send(REQUEST)

        assert (await client.read_to_end())[0].startswith(b"HTTP/1.1 503")
        assert (await play.wait(TapRefused)).reason == "limit"


async def test_a_head_that_is_too_long_is_refused_also_where_it_ends() -> None:
    async with playing() as play:
        client = await play.connect()
        await client.send(REQUEST[:-2] + b"X: " + bytes(b"a" * 70_000) + b"\r\n\r\n")

        assert (await client.read_to_end())[0].startswith(b"HTTP/1.1 431")
        with pytest.raises(BlockingIOError):
            play.server.accept()


async def test_a_flood_of_refusals_is_told_once_and_then_counted() -> None:
    async with playing() as play:
        for _ in range(20):
            client = await play.connect()
            await client.send(REQUEST.replace(b"Host: localhost", b"Host: evil.example"))
            await client.read_to_end()

        first = await play.wait(TapRefused)
        rest = await play.wait(TapRefused, lambda event: event.count > 1)
        assert (first.value, first.count) == ("evil.example", 1)
        assert sum(event.count for event in play.all(TapRefused)) <= 20
        assert rest.count > 1


async def test_a_port_that_is_taken_is_said() -> None:
    events: list[AnyEvent] = []
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monitor = Monitor(events.append, make_tap=Tap)
        monitor.add(EndpointConfig(name="t", url="ws://127.0.0.1:1/", tap=TapConfig(listen=port)))

        with pytest.raises(WsmonitorError, match=f"127.0.0.1:{port} is taken"):
            monitor.connect("t")
        assert monitor.all_stopped()
        await monitor.close()


async def test_both_loopback_addresses_answer() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    async with playing() as play:
        try:
            client = socket.create_connection(("::1", play.port), timeout=5)
        except OSError:
            pytest.skip("no IPv6 loopback here")
        with client:
            client.sendall(REQUEST)
            server = await play.accept()
            await server.read_head()
            await server.send(ANSWER)
            await play.wait(StateChanged, lambda event: event.new is State.OPEN)


@pytest.mark.parametrize(
    ("address", "own"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", None)],
)
async def test_the_address_that_is_told_is_one_that_a_client_of_another_machine_can_dial(
    address: str, own: str | None
) -> None:
    async with playing(tap=TapConfig(address=address)) as play:
        told = urlsplit(play.all(TapListening)[0].url)

        assert told.hostname is not None
        assert not ip_address(told.hostname).is_unspecified
        assert own in (None, told.hostname)
        with socket.create_connection((told.hostname, told.port), timeout=5):
            pass


async def test_without_a_way_to_anywhere_the_loopback_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = (socket.AF_INET, "255.255.255.255", "127.0.0.1")  # which a socket must ask leave for
    monkeypatch.setitem(listener.ANYWHERE, "0.0.0.0", nowhere)

    async with playing(tap=TapConfig(address="0.0.0.0")) as play:
        assert urlsplit(play.all(TapListening)[0].url).hostname == "127.0.0.1"
