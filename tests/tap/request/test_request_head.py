"""The head of a request: byte for byte but for the lines that must change."""

import pytest

from wsmonitor.tap.request.request_head import (
    HeadError,
    Rewriting,
    Upstream,
    joined_target,
    parse_answer,
    parse_request,
    rewrite,
)

UPSTREAM = Upstream("staging.shop", "https://staging.shop")
HEAD = (
    b"GET /live?room=1 HTTP/1.1\r\n"
    b"hOsT:  localhost:9001\r\n"
    b"Upgrade: websocket\r\n"
    b"Connection: keep-alive, Upgrade\r\n"
    b"X-Folded: one\r\n two\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Cookie: a=1\r\n"
    b"Origin: http://localhost:9001\r\n"
    b"\r\n"
)


def rewritten(head: bytes = HEAD, **options: object) -> bytes:
    return rewrite(parse_request(head), Rewriting(**({"upstream": UPSTREAM} | options)))  # type: ignore[arg-type]


def test_host_and_an_origin_of_the_taps_own_change_and_nothing_else() -> None:
    expected = HEAD.replace(b"hOsT:  localhost:9001", b"hOsT:  staging.shop")
    expected = expected.replace(b"Origin: http://localhost:9001", b"Origin: https://staging.shop")

    assert rewritten() == expected


def test_a_foreign_origin_stays_foreign() -> None:
    head = HEAD.replace(b"Origin: http://localhost:9001", b"Origin: http://localhost:3000")

    assert b"Origin: http://localhost:3000\r\n" in rewritten(head)


def test_kept_hosts_keep_their_origin_too() -> None:
    assert rewritten(keeps_host=True) == HEAD


def test_a_forced_origin_is_sent_whether_there_was_one_or_not() -> None:
    without = HEAD.replace(b"Origin: http://localhost:9001\r\n", b"")

    assert b"\r\nOrigin: https://shop\r\n" in rewritten(origin="https://shop")
    assert b"\r\nOrigin: https://shop\r\n" in rewritten(without, origin="https://shop")


def test_headers_of_the_user_replace_those_of_the_client_once() -> None:
    head = HEAD.replace(b"Cookie: a=1\r\n", b"Cookie: a=1\r\nCookie: b=2\r\n")

    changed = rewritten(head, headers=(("Cookie", "mine=1"), ("Authorization", "Bearer x")))

    assert changed.count(b"Cookie:") == 1
    assert b"Cookie: mine=1\r\n" in changed
    assert changed.endswith(b"Authorization: Bearer x\r\n\r\n")


def test_a_request_for_a_page_is_the_only_one_of_its_connection() -> None:
    head = b"GET /index.html HTTP/1.1\r\nHost: localhost:9001\r\nConnection: keep-alive\r\nKeep-Alive: 5\r\n\r\n"

    assert rewritten(head) == b"GET /index.html HTTP/1.1\r\nHost: staging.shop\r\nConnection: close\r\n\r\n"


def test_forwarding_is_said_only_when_asked_for() -> None:
    assert b"X-Forwarded-Host: localhost:9001\r\n" in rewritten(forwards=True)
    assert b"orwarded" not in rewritten()


@pytest.mark.parametrize(
    ("target", "path", "query", "expected"),
    [
        ("/", "", "", "/"),
        ("/a?b=1", "", "", "/a?b=1"),
        ("/", "/live", "", "/live"),
        ("/room", "/live", "", "/live/room"),
        ("/live", "/live", "", "/live"),
        ("/live/room", "/live", "", "/live/room"),
        ("/lively", "/live", "", "/live/lively"),
        ("/", "/live", "token=x", "/live?token=x"),
        ("/?a=1", "/live", "token=x", "/live?a=1"),
    ],
)
def test_paths_lie_below_that_of_the_upstream(target: str, path: str, query: str, expected: str) -> None:
    assert joined_target(target, Upstream("h", "http://h", path, query)) == expected


@pytest.mark.parametrize(
    "head",
    [
        b"\x16\x03\x01 hello\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\0\r\n\r\n",
    ],
)
def test_what_is_no_head_is_refused(head: bytes) -> None:
    with pytest.raises(HeadError):
        parse_request(head)


def test_an_answer_is_an_upgrade_only_with_101_and_the_word() -> None:
    assert parse_answer(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\r\n").is_upgrade
    assert not parse_answer(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n").is_upgrade
    assert not parse_answer(b"HTTP/1.1 200 OK\r\nUpgrade: websocket\r\n\r\n").is_upgrade
