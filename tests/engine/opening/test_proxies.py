"""Through proxies that are none of the library's, to peers that are none: what is asked, how failures are told."""

import ssl

import pytest

from tests.engine.conftest import Certificates
from tests.engine.opening.proxies import proxy
from tests.engine.peer import CLOSE, Wire, close, frame, peer
from tests.engine.watching import endpoint, retries, watching
from wsmonitor.engine.clocks import asyncio_log
from wsmonitor.facts.events import OpenFailed, PhaseDone, State
from wsmonitor.settings.endpoint_settings import ConnectConfig, TlsConfig

RIGHT, WRONG = "user:pass%20word@", "user:guess@"


async def serves(wire: Wire) -> None:
    """Open, and answer a Close."""
    await wire.upgrade()
    wire.write(frame(CLOSE, (await wire.read_until(CLOSE)).payload))
    wire.end()


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("credentials", ["", RIGHT], ids=["open", "password"])
@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
async def test_a_proxy_that_is_named_is_used_on_the_way_to_loopback_too(
    scheme: str, credentials: str, secure: bool, certificates: Certificates
) -> None:
    context: ssl.SSLContext | None = certificates.good if secure else None
    tls = TlsConfig(ca=certificates.ca_file)
    async with (
        peer(serves, tls=context) as listening,
        proxy(scheme.removesuffix("h"), wants_password=bool(credentials)) as between,
    ):
        url = between.url(credentials).replace("socks5:", f"{scheme}:")
        async with watching(endpoint(listening.url, proxy=url, tls=tls)) as watch:
            await watch.state(State.OPEN)
            tcp = await watch.fact(PhaseDone, lambda phase: phase.phase == "tcp")
            watch.monitor.stop("peer")
            verdict = await watch.verdict()

    assert between.asked == [("127.0.0.1", listening.port)]
    assert tcp.detail["proxy"] == f"{scheme}://127.0.0.1:{between.port}"
    assert (verdict.clean, verdict.by) == (True, "stop")


async def test_a_proxy_is_read_from_the_environment_variables_that_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    async with peer(serves) as listening, proxy(wants_password=True) as between:
        monkeypatch.setenv("WSMONITOR_TEST_WORD", "pass%20word")
        url = between.url("user:${WSMONITOR_TEST_WORD}@")
        async with watching(endpoint(listening.url, proxy=url)) as watch:
            await watch.state(State.OPEN)

    assert between.asked == [("127.0.0.1", listening.port)]


@pytest.mark.parametrize("named", ["", "none", "None"])
async def test_the_environments_proxy_spares_loopback(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with peer(serves) as listening, proxy() as between:
        monkeypatch.setenv("ws_proxy", between.url())
        async with watching(endpoint(listening.url, proxy=named)) as watch:
            await watch.state(State.OPEN)

    assert between.asked == []


async def test_the_environments_proxy_is_used_for_others_and_none_turns_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    async with peer(serves) as listening, proxy() as between:
        monkeypatch.setenv("ws_proxy", between.url())
        monkeypatch.setenv("no_proxy", "")
        url = f"ws://elsewhere.invalid:{listening.port}/"
        async with watching(endpoint(url)) as watch:
            await watch.state(State.OPEN)
        async with watching(endpoint(url, proxy="none")) as watch:
            failure = await watch.failure()

    assert between.asked == [("elsewhere.invalid", listening.port)]
    assert (failure.phase, failure.detail.get("proxy")) == ("dns", None)


async def test_an_address_spares_its_own_server_the_environments_proxy_but_not_where_a_redirect_leads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def leads_elsewhere(wire: Wire) -> None:
        await wire.request()
        port = wire.local.rpartition(":")[2]
        wire.write(f"HTTP/1.1 302 Found\r\nLocation: ws://elsewhere.invalid:{port}/\r\n\r\n".encode())
        wire.end()

    async with peer(leads_elsewhere, serves) as listening, proxy() as between:
        monkeypatch.setenv("ws_proxy", between.url())
        monkeypatch.setenv("no_proxy", "")
        url = f"ws://nobody.invalid:{listening.port}/"
        async with watching(endpoint(url, connect=ConnectConfig(address="127.0.0.1"))) as watch:
            await watch.state(State.OPEN)

    assert between.asked == [("elsewhere.invalid", listening.port)]


@pytest.mark.parametrize("credentials", ["", WRONG], ids=["none", "wrong"])
@pytest.mark.parametrize(
    ("scheme", "words"),
    [("http", "the proxy answered HTTP 407"), ("socks5", "uthentication")],
)
async def test_credentials_that_a_proxy_does_not_take_are_no_use_to_try_again(
    scheme: str, words: str, credentials: str
) -> None:
    async with (
        peer(serves) as listening,
        proxy(scheme, wants_password=True) as between,
        watching(endpoint(listening.url, proxy=between.url(credentials))) as watch,
    ):
        failure = await watch.failure()

    assert failure.error.startswith(f"proxy {scheme}://127.0.0.1:{between.port}: ")
    assert words in failure.error
    assert (failure.phase, failure.fatal) == ("tcp", True)
    assert "guess" not in str(failure)


@pytest.mark.parametrize(
    ("scheme", "refuses", "words", "status"),
    [
        ("http", b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "the proxy answered HTTP 502", 502),
        ("http", b"HTTP/1.1 403 Forbidden\r\n\r\n", "the proxy answered HTTP 403", 403),
        ("http", b"220 mail.example ESMTP\r\n", "what it says is not HTTP", None),
        ("http", b"", "it ended the connection instead of answering", None),
        ("socks5", 2, "no tunnel: Connection not allowed by ruleset", None),
        ("socks5", 5, "no tunnel: Connection refused by destination host", None),
        ("socks5", None, "no tunnel: Connection closed unexpectedly", None),
    ],
)
async def test_a_proxy_that_refuses_is_named_with_its_reason_and_asked_again(
    scheme: str, refuses: bytes | int | None, words: str, status: int | None
) -> None:
    asyncio_log.hush()  # websockets 17 takes the end of a proxy that said nothing for a bug of its own
    async with (
        peer(serves) as listening,
        proxy(scheme, refuses=refuses, vanishes=refuses is None) as between,
        watching(endpoint(listening.url, proxy=between.url(), retry=retries())) as watch,
    ):
        failure = await watch.failure()
        await watch.fact(OpenFailed, count=2)

    assert failure.error.startswith(f"proxy {scheme}://127.0.0.1:{between.port}: ")
    assert words in failure.error
    assert (failure.phase, failure.status, failure.fatal) == ("tcp", status, False)


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_that_is_not_there_is_named(scheme: str) -> None:
    async with proxy(scheme) as between:
        url = between.url()
    async with watching(endpoint("ws://127.0.0.1:9/", proxy=url)) as watch:
        failure = await watch.failure()

    assert failure.error == f"proxy {url}: connection refused: nothing listens on that port"


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_that_dies_ends_the_connection_and_the_next_one_goes_through_it_again(scheme: str) -> None:
    async with (
        peer(serves) as listening,
        proxy(scheme) as between,
        watching(endpoint(listening.url, proxy=between.url(), retry=retries())) as watch,
    ):
        await watch.state(State.OPEN)
        between.die()
        verdict = await watch.verdict()
        await watch.state(State.OPEN, count=2)

    assert (verdict.initiator, verdict.mechanism) == ("peer", "rst")
    assert len(between.asked) == 2


async def test_a_close_of_the_peer_comes_through(certificates: Certificates) -> None:
    async def closes(wire: Wire) -> None:
        await wire.upgrade()
        wire.write(close(4001, "enough"))
        await wire.read_until(CLOSE)
        wire.end()

    async with (
        peer(closes) as listening,
        proxy() as between,
        watching(endpoint(listening.url, proxy=between.url())) as watch,
    ):
        verdict = await watch.verdict()

    assert (verdict.initiator, verdict.received_code, verdict.clean) == ("peer", 4001, True)
