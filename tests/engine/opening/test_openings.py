"""Every way in which an opening can fail, played by a raw TCP peer: which phase, which words, retry or not."""

import asyncio
import contextlib
import datetime
import email.utils
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidMessage

from tests.engine.conftest import Certificates
from tests.engine.peer import CLOSE, TEXT, Script, Wire, close, peer
from tests.engine.watching import endpoint, retries, watching
from wsmonitor.engine.opening import resolver, why_failed
from wsmonitor.facts.events import OpenFailed, PhaseDone, State, StateChanged
from wsmonitor.probe.channel import Batch, FrameBuffer, decode_from_probe, encode
from wsmonitor.settings.endpoint_settings import NS, ConnectConfig, TlsConfig

HURRY = ConnectConfig(timeout_s=0.5)


async def failure(script: Script, **settings: Any) -> OpenFailed:
    """Play one dial and return how it failed."""
    async with peer(script) as listening, watching(endpoint(listening.url, **settings)) as watch:
        return await watch.failure()


async def failure_at(url: str, **settings: Any) -> OpenFailed:
    """Dial where no peer of ours listens."""
    async with watching(endpoint(url, **settings)) as watch:
        return await watch.failure()


def answers(head: str, body: str = "", *, ends: bool = True) -> Script:
    """Answer the request with these lines, then end TCP."""

    async def script(wire: Wire) -> None:
        await wire.request()
        wire.write((head.replace("\n", "\r\n") + "\r\n\r\n" + body).encode())
        if not ends:
            await wire.never()
        wire.end()

    return script


async def accepts(wire: Wire) -> None:
    """Accept and close in good order."""
    await wire.upgrade(close(1000))
    await wire.read_until(CLOSE)
    wire.end()


# Phases


@contextlib.contextmanager
def unanswered_port() -> Iterator[int]:
    """A port whose SYNs stay unanswered: its queue of connections holds one, and that is taken."""
    with socket.socket() as listener, contextlib.ExitStack() as fillers:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(2):
            filler = fillers.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_lookup_that_hangs_times_out_in_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(*_: object, **__: object) -> object:
        released.wait(5)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    try:
        failed = await failure_at("ws://slow.example/", connect=HURRY)
    finally:
        released.set()

    assert (failed.phase, failed.fatal) == ("dns", False)
    assert "0.5 s" in failed.error


async def test_a_name_that_does_not_exist_fails_in_dns_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    failed = await failure_at("ws://nowhere.example/")

    assert (failed.phase, failed.fatal) == ("dns", False)
    assert "Name or service not known" in failed.error


async def test_a_host_that_cannot_be_a_name_is_refused_for_good() -> None:
    failed = await failure_at(f"ws://{'a' * 70}.example/")

    assert (failed.phase, failed.fatal) == ("dns", True)


async def test_a_refused_port_fails_in_tcp_and_says_how_each_address_did() -> None:
    port = free_port()

    failed = await failure_at(f"ws://127.0.0.1:{port}/")

    assert (failed.phase, failed.fatal) == ("tcp", False)
    assert "refused" in failed.error
    assert f"127.0.0.1:{port}" in failed.detail["attempts"]


async def test_an_unanswered_syn_times_out_in_tcp() -> None:
    with unanswered_port() as port:
        failed = await failure_at(f"ws://127.0.0.1:{port}/", connect=HURRY)

    assert failed.phase == "tcp"
    assert 0.45 * NS <= failed.duration_ns <= 3 * NS


async def test_silence_after_tcp_times_out_in_tls() -> None:
    async def script(wire: Wire) -> None:
        await wire.never()

    async with peer(script) as listening:
        failed = await failure_at(listening.url.replace("ws:", "wss:"), connect=HURRY)

    assert failed.phase == "tls"


async def test_silence_after_the_request_times_out_in_http() -> None:
    async def script(wire: Wire) -> None:
        await wire.request()
        await wire.never()

    assert (await failure(script, connect=HURRY)).phase == "http"


async def test_half_an_answer_times_out_in_http() -> None:
    async def script(wire: Wire) -> None:
        await wire.request()
        wire.write(b"HTTP/1.1 101 Switching Proto")
        await wire.never()

    assert (await failure(script, connect=HURRY)).phase == "http"


async def test_after_a_timeout_nothing_of_the_dial_stays_open() -> None:
    async def script(wire: Wire) -> None:
        await wire.request()
        assert await wire.gone() == b"", "the client ended the connection"

    async with peer(script) as listening, watching(endpoint(listening.url, connect=HURRY)) as watch:
        await watch.failure()
        await watch.state(State.FAILED)


async def test_phases_are_timed_in_order(certificates: Certificates) -> None:
    async with (
        peer(accepts, tls=certificates.good) as listening,
        watching(endpoint(listening.url, tls=TlsConfig(ca=certificates.ca_file))) as watch,
    ):
        await watch.verdict()
        phases = {done.phase: done for done in watch.all(PhaseDone)}

    assert list(phases) == ["dns", "tcp", "tls", "http"]
    assert all(done.duration_ns >= 0 for done in phases.values())
    assert phases["tls"].detail["version"].startswith("TLS")
    assert "not_after" in phases["tls"].detail
    assert "127.0.0.1" in phases["tcp"].detail["local"]
    assert phases["http"].detail["upgrade"] == "websocket"


# HTTP answers


@pytest.mark.parametrize(
    ("status", "fatal"),
    [*((status, True) for status in (400, 401, 403, 404, 426)), *((status, False) for status in (408, 425, 429, 503))],
)
async def test_a_refusal_names_its_status_and_whether_trying_again_makes_sense(status: int, fatal: bool) -> None:
    failed = await failure(answers(f"HTTP/1.1 {status} No\nX-Reason: because\nContent-Length: 4", "nope"))

    assert (failed.phase, failed.status, failed.fatal) == ("http", status, fatal)
    assert failed.detail["x-reason"] == "because"
    assert failed.detail["body"] == "nope"


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_in_seconds_is_the_least_wait(status: int) -> None:
    script = answers(f"HTTP/1.1 {status} Later\nRetry-After: 7\nContent-Length: 0")

    async with peer(script) as listening, watching(endpoint(listening.url, retry=retries())) as watch:
        failed = await watch.failure()
        change = await watch.state(State.BACKOFF)

    assert failed.retry_after_ns == 7 * NS
    assert change.retry_in_ns is not None
    assert 7 * NS <= change.retry_in_ns <= 7.8 * NS


async def test_retry_after_as_a_date_is_the_time_until_then() -> None:
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30)
    date = email.utils.format_datetime(moment, usegmt=True)

    failed = await failure(answers(f"HTTP/1.1 503 Later\nRetry-After: {date}\nContent-Length: 0"))

    assert failed.retry_after_ns is not None
    assert 27 * NS <= failed.retry_after_ns <= 30 * NS


@pytest.mark.parametrize("value", ["soon", "-5", "", "٣", "Thu, 99 Foo 2020 00:00:00 GMT"])
def test_a_retry_after_that_is_neither_is_ignored(value: str) -> None:
    assert why_failed.parse_retry_after(value, wall_s=0) is None


def test_a_retry_after_in_the_past_is_now() -> None:
    assert why_failed.parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", wall_s=1e9) == 0


async def test_a_retry_after_behind_many_headers_is_found() -> None:
    many = "\n".join(f"X-{number}: y" for number in range(60))

    failed = await failure(answers(f"HTTP/1.1 503 Later\n{many}\nRetry-After: 9\nContent-Length: 0"))

    assert failed.retry_after_ns == 9 * NS


async def test_a_plain_web_page_is_no_websocket() -> None:
    failed = await failure(answers("HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 2", "hi"))

    assert (failed.status, failed.fatal) == (200, True)


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nSec-WebSocket-Accept: x",
        "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nSec-WebSocket-Accept: x",
        "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade",
        "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: wrong",
    ],
)
async def test_a_101_that_is_none_is_refused_for_good(head: str) -> None:
    failed = await failure(answers(head))

    assert (failed.phase, failed.fatal) == ("http", True)


@pytest.mark.parametrize("garbage", ["SSH-2.0-OpenSSH_9.6", "HTTP/1.0 101 Old", "\x00\x01\x02", "HTTP/1.1 abc Bad"])
async def test_garbage_is_named_as_no_http(garbage: str) -> None:
    failed = await failure(answers(garbage))

    assert (failed.phase, failed.status) == ("http", None)
    assert "not HTTP" in failed.error


@pytest.mark.parametrize(("how", "word"), [("end", "FIN"), ("reset", "RST")])
async def test_an_end_before_the_answer_says_how_it_ended(how: str, word: str) -> None:
    async def script(wire: Wire) -> None:
        await wire.request()
        getattr(wire, how)()

    failed = await failure(script)

    assert (failed.phase, failed.fatal) == ("http", False)
    assert word in failed.error


async def test_a_refusal_whose_peer_resets_right_after_it_is_still_that_refusal() -> None:
    async def script(wire: Wire) -> None:
        await wire.request()
        wire.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        wire.end()

    assert (await failure(script)).status == 403


async def test_an_unasked_subprotocol_is_refused() -> None:
    async def script(wire: Wire) -> None:
        await wire.upgrade(extra=["Sec-WebSocket-Protocol: v9"])
        await wire.gone()

    failed = await failure(script, subprotocols=("v1",))

    assert failed.fatal
    assert "v9" in failed.error


async def test_a_subprotocol_and_headers_are_asked_for_as_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSMONITOR_TEST_TOKEN", "s3cret")

    async def script(wire: Wire) -> None:
        await wire.upgrade(close(1000), extra=["Sec-WebSocket-Protocol: v2"])
        await wire.read_until(CLOSE)
        wire.end()

    settings = {
        "subprotocols": ("v1", "v2"),
        "headers": {"X-Token": "Bearer ${WSMONITOR_TEST_TOKEN}"},
        "origin": "https://${WSMONITOR_TEST_TOKEN}.example",
        "auth": "me:word",
    }
    async with peer(script) as listening, watching(endpoint(listening.url, **settings)) as watch:
        await watch.verdict()
        sent = listening.wires[0].headers

    assert sent["sec-websocket-protocol"] == "v1, v2"
    assert (sent["x-token"], sent["origin"]) == ("Bearer s3cret", "https://s3cret.example")
    assert sent["authorization"] == "Basic bWU6d29yZA=="


async def test_the_name_to_verify_is_read_from_the_environment(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSMONITOR_TEST_NAME", "elsewhere.example")
    tls = TlsConfig(ca=certificates.ca_file, server_name="${WSMONITOR_TEST_NAME}")

    async with (
        peer(accepts, tls=certificates.wrong_name) as listening,
        watching(endpoint(listening.url, tls=tls)) as watch,
    ):
        verdict = await watch.verdict()

    assert verdict.received_code == 1000


async def test_a_message_whose_variable_is_not_set_is_never_sent_as_it_is_written() -> None:
    failed = await failure(accepts, preamble=("${env:WSMONITOR_NOT_SET}",))

    assert failed.fatal
    assert "WSMONITOR_NOT_SET" in failed.error


async def test_a_placeholder_without_a_value_fails_for_good_and_names_it() -> None:
    failed = await failure_at("ws://127.0.0.1:1/", headers={"X": "${WSMONITOR_NOT_SET}"})

    assert failed.fatal
    assert "WSMONITOR_NOT_SET" in failed.error


# Redirects


def redirects(location: str) -> Script:
    return answers(f"HTTP/1.1 302 Found\nLocation: {location}\nContent-Length: 0")


@pytest.mark.parametrize("location", ["/elsewhere", "http://{}/elsewhere", "ws://{}/elsewhere", "//{}/elsewhere"])
async def test_a_redirect_is_followed(location: str) -> None:
    async def first(wire: Wire) -> None:
        await redirects(location.format(wire.local))(wire)

    async with peer(first, accepts) as listening, watching(endpoint(listening.url)) as watch:
        await watch.verdict()
        causes = [change.cause for change in watch.all(StateChanged) if change.new is State.RESOLVING]

    assert listening.wires[1].request_line == "GET /elsewhere HTTP/1.1"
    assert causes == ["asked to connect", "redirected"]


async def test_a_redirect_loop_ends_at_its_limit() -> None:
    connect = ConnectConfig(timeout_s=2, max_redirects=3)

    async with peer(redirects("/again")) as listening, watching(endpoint(listening.url, connect=connect)) as watch:
        failed = await watch.failure()

    assert failed.fatal
    assert "3 redirects" in failed.error
    assert len(listening.wires) == 4


async def test_a_failure_behind_a_redirect_names_where_it_led_but_nothing_secret() -> None:
    port = free_port()

    failed = await failure(redirects(f"http://me:word@127.0.0.1:{port}/login?token=abc"))

    assert failed.phase == "tcp"
    assert failed.detail["redirected_to"] == f"ws://127.0.0.1:{port}"
    assert "abc" not in str(failed)


async def test_a_timeout_behind_a_redirect_names_where_it_led() -> None:
    with unanswered_port() as port:
        failed = await failure(redirects(f"ws://127.0.0.1:{port}/"), connect=HURRY)

    assert failed.detail == {"redirected_to": f"ws://127.0.0.1:{port}"}


async def test_a_failure_without_a_redirect_names_none() -> None:
    failed = await failure_at(f"ws://127.0.0.1:{free_port()}/")

    assert "redirected_to" not in failed.detail


async def test_an_address_is_dialled_in_place_of_the_host() -> None:
    async with peer(accepts) as listening:
        port = urlsplit(listening.url).port
        config = endpoint(f"ws://nobody.invalid:{port}/", connect=ConnectConfig(address="127.0.0.1"))
        async with watching(config) as watch:
            await watch.verdict()

    assert listening.wires[0].headers["host"] == f"nobody.invalid:{port}"


async def test_an_address_is_not_that_of_another_host_which_a_redirect_leads_to() -> None:
    port = free_port()

    failed = await failure(redirects(f"ws://elsewhere.invalid:{port}/"), connect=ConnectConfig(address="127.0.0.1"))

    assert (failed.phase, failed.detail["redirected_to"]) == ("dns", f"ws://elsewhere.invalid:{port}")


async def test_a_redirect_to_nowhere_is_a_refusal() -> None:
    failed = await failure(answers("HTTP/1.1 302 Found\nContent-Length: 0"))

    assert failed.status == 302


async def test_a_redirect_from_tls_to_plain_is_refused(certificates: Certificates) -> None:
    tls = TlsConfig(ca=certificates.ca_file)

    async with (
        peer(redirects("ws://127.0.0.1:1/"), tls=certificates.good) as listening,
        watching(endpoint(listening.url, tls=tls)) as watch,
    ):
        failed = await watch.failure()

    assert failed.fatal
    assert "wss:// to ws://" in failed.error


async def test_credentials_do_not_follow_to_another_origin() -> None:
    headers = {"Authorization": "Bearer x", "Cookie": "session=1", "X-Harmless": "yes"}

    async with peer(accepts) as other, peer(redirects(other.url)) as first:
        async with watching(endpoint(first.url, headers=headers)) as watch:
            await watch.verdict()
        asked, followed = first.wires[0].headers, other.wires[0].headers

    assert {"authorization", "cookie", "x-harmless"} <= set(asked)
    assert "x-harmless" in followed
    assert not {"authorization", "cookie"} & set(followed)


async def test_credentials_follow_within_an_origin() -> None:
    async with peer(redirects("/elsewhere"), accepts) as listening:
        async with watching(endpoint(listening.url, auth="me:word")) as watch:
            await watch.verdict()

        assert "authorization" in listening.wires[1].headers


# TLS


@pytest.mark.parametrize("bad", ["expired", "wrong_name", "untrusted"])
async def test_a_bad_certificate_is_named_and_final(certificates: Certificates, bad: str) -> None:
    words = {"expired": "expired", "wrong_name": "IP address mismatch", "untrusted": "unable to get local issuer"}
    tls = TlsConfig(ca=certificates.ca_file)

    async with (
        peer(accepts, tls=getattr(certificates, bad)) as listening,
        watching(endpoint(listening.url, tls=tls)) as watch,
    ):
        failed = await watch.failure()

    assert (failed.phase, failed.fatal) == ("tls", True)
    assert words[bad] in failed.error
    assert {"issuer", "not_before", "not_after", "names"} <= set(failed.detail), (
        "what the certificate says goes with it"
    )


async def test_a_bad_certificate_is_accepted_where_nobody_verifies(certificates: Certificates) -> None:
    async with (
        peer(accepts, tls=certificates.expired) as listening,
        watching(endpoint(listening.url, tls=TlsConfig(verify=False))) as watch,
    ):
        assert (await watch.verdict()).received_code == 1000


async def test_a_client_certificate_is_shown_where_it_is_wanted(certificates: Certificates) -> None:
    tls = TlsConfig(ca=certificates.ca_file, cert=certificates.client_file)

    async with (
        peer(accepts, tls=certificates.wants_client) as listening,
        watching(endpoint(listening.url, tls=tls)) as watch,
    ):
        assert (await watch.verdict()).received_code == 1000


async def test_a_server_that_wants_a_client_certificate_says_so(certificates: Certificates) -> None:
    tls = TlsConfig(ca=certificates.ca_file)

    with alerting_port(certificates.wants_client) as port:
        failed = await failure_at(f"wss://127.0.0.1:{port}/", tls=tls)

    assert (failed.error, failed.fatal) == ("the server wants a client certificate", True)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("TLSV1_ALERT_UNKNOWN_CA", "did not accept our client certificate"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "did not accept our client certificate"),
        ("TLSV1_ALERT_INTERNAL_ERROR", "TLS failed: tlsv1 alert internal error"),
    ],
)
def test_an_alert_after_the_handshake_is_told_from_an_end(reason: str, words: str) -> None:
    alert = ssl.SSLError(1, reason)
    alert.reason = reason
    ended = InvalidMessage("did not receive a valid HTTP response")

    assert words in why_failed.explain("http", ended, lost_error=alert).error


@pytest.mark.parametrize("setting", ["ca", "cert"])
@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, setting: str, content: str | None) -> None:
    file = tmp_path / "dev.pem"
    if content is not None:
        file.write_text(content)

    failed = await failure_at(
        "wss://127.0.0.1:1/", tls=TlsConfig(ca=str(file)) if setting == "ca" else TlsConfig(cert=str(file))
    )

    assert failed.fatal
    assert str(file) in failed.error


async def test_a_key_with_a_passphrase_never_asks_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "locked.pem"
    file.write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n")

    failed = await asyncio.wait_for(failure_at("wss://127.0.0.1:1/", tls=TlsConfig(cert=str(file))), 2)

    assert failed.fatal


async def test_tls_to_a_port_without_tls_says_so() -> None:
    async def script(wire: Wire) -> None:
        wire.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await wire.gone()

    async with peer(script) as listening:
        failed = await failure_at(listening.url.replace("ws:", "wss:"))

    assert failed.phase == "tls"
    assert "does not speak TLS" in failed.error


@pytest.mark.parametrize("how", ["end", "reset"])
async def test_an_end_during_the_tls_handshake_is_in_phase_tls(how: str) -> None:
    async def script(wire: Wire) -> None:
        await wire.read_bytes(5)
        getattr(wire, how)()

    async with peer(script) as listening:
        failed = await failure_at(listening.url.replace("ws:", "wss:"))

    assert (failed.phase, failed.fatal) == ("tls", False)
    assert "TLS handshake" in failed.error or "eof" in failed.error.lower()


async def test_plain_to_a_tls_port_is_not_http_or_an_end(certificates: Certificates) -> None:
    async with peer(accepts, tls=certificates.good) as listening:
        failed = await failure_at(listening.url.replace("wss:", "ws:"))

    assert (failed.phase, failed.status) == ("http", None)


@contextlib.contextmanager
def alerting_port(context: ssl.SSLContext) -> Iterator[int]:
    """A server that sends its TLS alert, which one of asyncio's forgets, and then waits for the client to go."""

    def serve() -> None:
        accepted = context.wrap_socket(listening.accept()[0], server_side=True, do_handshake_on_connect=False)
        with accepted, contextlib.suppress(OSError):
            accepted.settimeout(5)
            with contextlib.suppress(ssl.SSLError):
                accepted.do_handshake()
            while socket.socket.recv(accepted, 4096):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


# Many at once


async def test_a_lookup_never_waits_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    real = socket.getaddrinfo

    def slow(host: str, *rest: Any, **more: Any) -> Any:
        if host == "slow.example":
            released.wait(5)
        return real("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    hanging = [asyncio.create_task(resolver.resolve("slow.example", 80)) for _ in range(40)]
    try:
        answers_in_time = await asyncio.wait_for(resolver.resolve("fast.example", 80), 2)
    finally:
        released.set()
        await asyncio.gather(*hanging)

    assert str(answers_in_time.addresses[0]) == "127.0.0.1:80"


async def test_the_second_address_serves_where_the_first_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def two(_host: str, *rest: Any, **more: Any) -> Any:
        return real("127.0.0.2", *rest, **more) + real("127.0.0.1", *rest, **more)

    async with peer(accepts) as listening:
        monkeypatch.setattr(socket, "getaddrinfo", two)
        async with watching(endpoint(listening.url.replace("127.0.0.1", "two.example"))) as watch:
            await watch.verdict()
            tcp = next(done for done in watch.all(PhaseDone) if done.phase == "tcp")

    assert "127.0.0.2" in tcp.detail["attempts"]
    assert "refused" in tcp.detail["attempts"]
    assert "127.0.0.1" in tcp.detail["attempts"]


async def test_stop_in_the_middle_of_an_opening_and_start_again_opens() -> None:
    async def hangs(wire: Wire) -> None:
        await wire.request()
        await wire.never()

    async def stays(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(TEXT)

    async with peer(hangs, stays) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.UPGRADING)
        watch.monitor.stop("peer")
        await watch.state(State.STOPPED)
        watch.monitor.connect("peer")
        await watch.state(State.OPEN)


@pytest.mark.parametrize("value", ["999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_retry_after_of_centuries_still_fits_into_an_event(value: str) -> None:
    retry_after_ns = why_failed.parse_retry_after(value, wall_s=1e9)
    event = OpenFailed(
        at_ns=1, endpoint="a", phase="http", error="HTTP 503", duration_ns=1, retry_after_ns=retry_after_ns
    )

    (body,) = FrameBuffer().feed(encode(Batch(events=[event])))

    assert decode_from_probe(body) == Batch(events=[event])
