"""What was seen of one connection -> what a check says of it."""

import pytest

from wsmonitor.experiments.bench import Seen as BenchSeen
from wsmonitor.experiments.checks.check import Check, must_fail, must_live
from wsmonitor.experiments.checks.closing import CLOSING_CHECKS
from wsmonitor.experiments.checks.framing import FRAMING_CHECKS
from wsmonitor.experiments.checks.handshake import HANDSHAKE_CHECKS
from wsmonitor.experiments.checks.origins import SECURITY_CHECKS
from wsmonitor.experiments.checks.protocol import enables_connect
from wsmonitor.experiments.checks.run import CheckFacts, judge_checks
from wsmonitor.experiments.checks.seen import Reply, Seen
from wsmonitor.experiments.experiment import Circumstances, Judgement
from wsmonitor.experiments.line.frames import CLOSE, PONG, Frame, close_payload
from wsmonitor.experiments.line.line import End
from wsmonitor.experiments.line.upgrade import Request, Response, accept_of
from wsmonitor.experiments.options import ExperimentOptions

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ALL = (*HANDSHAKE_CHECKS, *FRAMING_CHECKS, *CLOSING_CHECKS, *SECURITY_CHECKS)
REQUEST = Request("/", (("Sec-WebSocket-Key", KEY),))
GOOD = (("Upgrade", "WebSocket"), ("Connection", "keep-alive, Upgrade"), ("Sec-WebSocket-Accept", accept_of(KEY)))


def check(name: str) -> Check:
    return next(one for one in ALL if one.id == name)


def upgraded(*headers: tuple[str, str], status: int = 101) -> Seen:
    return Seen(request=REQUEST, response=Response(0, "HTTP/1.1", status, "", headers))


def reacted(reply: Reply, end: End | None = None, *pongs: bytes) -> Seen:
    frames = tuple(Frame(0, PONG, payload, len(payload)) for payload in pongs)
    return Seen(request=REQUEST, response=Response(0, "HTTP/1.1", 101, "", ()), reply=reply, end=end, frames=frames)


def closed(code: int | None, *, fin_after_ns: int | None = 1_000_000, reset: bool = False, size: int = 2) -> Seen:
    end = End(0, "close", code) if code is not None else None
    frames = () if code is None else (Frame(0, CLOSE, close_payload(code if code != 1005 else None), size),)
    return Seen(request=REQUEST, end=end, frames=frames, fin_after_ns=fin_after_ns, was_reset=reset)


@pytest.mark.parametrize(
    ("name", "seen", "verdict"),
    [
        ("handshake/upgrade", upgraded(*GOOD), "as expected"),
        ("handshake/upgrade", upgraded(status=403), "violates"),
        ("handshake/accept", upgraded(*GOOD), "as expected"),
        ("handshake/accept", upgraded(("Sec-WebSocket-Accept", "wrong")), "violates"),
        ("handshake/accept", upgraded(), "violates"),
        ("handshake/headers", upgraded(*GOOD), "as expected"),
        ("handshake/headers", upgraded(("Upgrade", "websocket")), "violates"),
        ("handshake/headers", upgraded(("Connection", "Upgrade")), "violates"),
        ("handshake/version-99", upgraded(*GOOD), "violates"),
        ("handshake/version-99", upgraded(status=400), "differs"),
        ("handshake/version-99", upgraded(("Sec-WebSocket-Version", "8, 13"), status=426), "as expected"),
        ("handshake/key-none", upgraded(*GOOD), "violates"),
        ("handshake/key-none", upgraded(status=400), "as expected"),
        ("handshake/key-twice", upgraded(*GOOD), "differs"),
        ("handshake/post", upgraded(status=405), "as expected"),
        ("handshake/subprotocol-none", upgraded(*GOOD), "as expected"),
        ("handshake/subprotocol-none", upgraded(("Sec-WebSocket-Protocol", "chat")), "violates"),
        ("handshake/subprotocol-two", upgraded(("Sec-WebSocket-Protocol", "wsmonitor-unknown-2")), "as expected"),
        ("handshake/subprotocol-unknown", upgraded(status=400), "finding"),
        ("handshake/extensions-none", upgraded(("Sec-WebSocket-Extensions", "permessage-deflate")), "violates"),
        ("handshake/extensions-deflate", upgraded(("Sec-WebSocket-Extensions", "permessage-deflate")), "as expected"),
        (
            "handshake/extensions-deflate",
            upgraded(("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=12")),
            "violates",
        ),
        (
            "handshake/extensions-deflate",
            upgraded(("Sec-WebSocket-Extensions", 'permessage-deflate; server_max_window_bits="12"')),
            "as expected",
        ),
        (
            "handshake/extensions-bits-8",
            upgraded(("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=7")),
            "violates",
        ),
        ("ping/echo-1", reacted("pong", None, b"x"), "as expected"),
        ("ping/echo-1", reacted("pong", None, b"other", b"oracle"), "violates"),
        ("ping/echo-1", reacted("ended", End(0, "fin")), "violates"),
        ("ping/echo-1", reacted("nothing"), "violates"),
        ("ping/burst", reacted("pong", None, b"burst 9"), "finding"),
        ("ping/burst", reacted("nothing", None, b"burst 1"), "violates"),
        ("frames/utf8-unfinished", reacted("pong"), "as expected"),
        ("frames/nonminimal", reacted("pong"), "finding"),
        ("close/answer-1000", closed(1000), "as expected"),
        ("close/answer-1000", closed(1011), "differs"),
        ("close/answer-1000", closed(None), "violates"),
        ("close/answer-none", closed(1005, size=0), "as expected"),
        ("close/answer-none", closed(1005, size=2), "violates"),
        ("close/tcp", closed(1000), "as expected"),
        ("close/tcp", closed(1000, fin_after_ns=3_000_000_000), "differs"),
        ("close/tcp", closed(1000, fin_after_ns=None), "violates"),
        ("close/tcp", closed(None), "inconclusive"),
        ("close/rst", closed(1000, reset=True), "finding"),
        ("close/in-fragments", closed(1002), "differs"),
        ("close/invalid-1005", closed(1002), "as expected"),
        ("close/invalid-1005", closed(1000), "violates"),
        ("close/invalid-1005", closed(None), "differs"),
        ("origin/evil", upgraded(*GOOD), "finding"),
        ("origin/evil", upgraded(status=403), "as expected"),
        ("origin/own", upgraded(status=403), "finding"),
        ("credentials/none", Seen(request=REQUEST, opening_error="no credentials were given"), "not tested"),
        ("credentials/none", upgraded(*GOOD), "finding"),
        ("tls/version", Seen(request=REQUEST, opening_error="TLSv1.1 90"), "differs"),
        ("tls/version", Seen(request=REQUEST, opening_error="TLSv1.3 5"), "finding"),
        ("tls/version", Seen(request=REQUEST, opening_error="TLSv1.3 90"), "as expected"),
    ],
)
def test_a_verdict_follows_from_what_was_seen(name: str, seen: Seen, verdict: str) -> None:
    assert check(name).judge(seen).verdict.partition(":")[0] == verdict


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (reacted("pong"), "violates"),
        (reacted("pong", End(0, "close", 1002)), "as expected"),  # its handler found the fault after that
        (reacted("ended", End(0, "close", 1002)), "as expected"),
        (reacted("ended", End(0, "close", 1000)), "differs"),
        (reacted("ended", End(0, "fin")), "as expected"),
        (reacted("ended", End(0, "rst")), "as expected"),
        (reacted("nothing"), "differs"),
    ],
)
def test_what_must_fail_may_fail_without_a_close(seen: Seen, verdict: str) -> None:
    assert must_fail(1002)(seen).verdict == verdict


@pytest.mark.parametrize(
    ("reply", "verdict"), [("pong", "as expected"), ("nothing", "violates"), ("ended", "violates")]
)
def test_what_is_legal_must_be_borne(reply: Reply, verdict: str) -> None:
    end = End(0, "close", 1002) if reply == "ended" else None

    assert must_live(reacted(reply, end)).verdict == verdict


@pytest.mark.parametrize(
    ("settings", "enabled"),
    [
        (b"", False),
        (b"\0\3\0\0\0\x64" + b"\0\x08\0\0\0\1", True),
        (b"\0\x08\0\0\0\0", False),
        (b"\0\x08\0\0", False),
    ],
)
def test_extended_connect_is_a_setting_of_http2(settings: bytes, enabled: bool) -> None:
    assert enables_connect(settings) is enabled


def test_addresses_are_unique_and_every_check_names_its_section() -> None:
    assert len({one.id for one in ALL}) == len(ALL)
    assert all("RFC" in one.section for one in ALL)


def test_malformed_frames_are_hostile() -> None:
    malformed = [one.id for one in ALL if one.id.startswith(("frames/", "close/invalid"))]

    assert len(malformed) > 15
    assert all(check(name).hostile for name in malformed)


def test_pages_of_other_sites_are_the_answer_of_security_and_a_long_length_is_not_that_of_protocol() -> None:
    around = Circumstances(options=ExperimentOptions(), seen=BenchSeen())

    def judged(checks: tuple[Check, ...], name: str, seen: Seen) -> Judgement:
        return judge_checks(CheckFacts([check(name).result(seen)], checks), around)

    evil = judged(SECURITY_CHECKS, "origin/evil", upgraded(*GOOD))
    long = judged(FRAMING_CHECKS, "frames/nonminimal", reacted("pong"))

    assert (evil.verdict, long.verdict) == ("finding", "as expected")
    assert evil.answer.endswith("found: origin/evil")
