"""URLs as people type them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from websockets.uri import parse_uri

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.websocket_url import parse_url


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("ws://localhost:8000/ws", "ws://localhost:8000/ws"),
        ("WSS://Example.com", "wss://Example.com"),
        ("localhost", "ws://localhost"),
        ("localhost:8000/ws?x=//y", "ws://localhost:8000/ws?x=//y"),
        ("127.0.0.1:1", "ws://127.0.0.1:1"),
        ("[::1]:8000/ws", "ws://[::1]:8000/ws"),
        ("ws:8000/x", "ws://ws:8000/x"),
        ("ws://[fe80::1%25eth0]:1/", "ws://[fe80::1%25eth0]:1/"),
        ("ws://me:secret@h/", "ws://me:secret@h/"),
        ("wss://exämple.com/ü", "wss://exämple.com/ü"),
        ("ws://${HOST}:${PORT}/?token=${TOKEN}", "ws://${HOST}:${PORT}/?token=${TOKEN}"),
        ("${URL}", "${URL}"),
        ("my_service:80", "ws://my_service:80"),
        ("h:65535", "ws://h:65535"),
    ],
)
def test_what_can_be_dialled_is_accepted(typed: str, url: str) -> None:
    assert parse_url(typed) == url


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("", "found nothing"),
        ("   ", "found nothing"),
        ("ws://a b/", "found a blank"),
        (" ws://h", "found a blank"),
        ("ws://h\n", "U+000A"),
        ("http://h:1/x", "example: ws://h:1/x"),
        ("https://h/", "example: wss://h/"),
        ("ftp://h", "must be ws:// or wss://"),
        ("ws:/h", "`//` is missing"),
        ("http:localhost:1", "example: ws://localhost:1"),
        ("ws//h", "example: ws://h"),
        ("//h", "example: ws://h"),
        ("user:pw@h:1/", "needs the whole URL"),
        ("ws://user@h/", "comes with a password"),
        ("ws://%ff:x@h/", "not UTF-8"),
        ("ws://", "host is missing"),
        ("ws://:80", "host is missing"),
        ("/path", "host is missing"),
        ("ws://h:", "port is missing"),
        ("ws://h:0", "1 to 65535, found 0"),
        ("ws://h:65536", "1 to 65535, found 65536"),
        ("ws://h:8a/", "must be a number, found '8a'"),
        ("ws://h:-1/", "must be a number"),
        ("ws://h:٣/", "must be a number"),
        ("ws://[::1", "closing `]`"),
        ("ws://[::g]/", "is no IPv6 address"),
        ("ws://[::1]x/", "only :PORT may follow"),
        ("ws://::1/", "stands in brackets"),
        ("::1", "stands in brackets"),
        ("ws://1.2.3.256", "is no IPv4 address"),
        ("ws://a..b", "1 to 63 characters"),
        ("ws://" + "a" * 64, "1 to 63 characters"),
        ("ws://h/#top", "no fragment"),
        ("ws://h{}/", "a host holds"),
        ("ws://${A/", "expected `}`"),
        ("ws://${A-B}/", "name of an environment variable"),
    ],
)
def test_what_cannot_be_dialled_is_named_in_one_line_with_an_example(typed: str, wrong: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_url(typed)

    (problem,) = caught.value.problems
    assert wrong in problem
    assert "example: ws" in problem
    assert "\n" not in problem


def test_an_error_does_not_tell_secrets() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_url("http://me:hunter2@h/?token=hunter3")

    assert "hunter" not in str(caught.value)


@given(st.text())
def test_any_text_is_a_url_or_a_settings_error(text: str) -> None:
    try:
        url = parse_url(text)
    except SettingsError:
        return
    assert url.startswith(("ws://", "wss://", "${"))
    assert parse_url(url) == url


@given(st.from_regex(r"(ws://|wss://|)([a-z0-9.@:%-]|\[::1\]){1,20}(:[0-9]{0,6})?(/[ -~]{0,20})?", fullmatch=True))
@example("ws://@0")
def test_what_is_accepted_can_be_read_by_the_library_that_dials(text: str) -> None:
    try:
        url = parse_url(text)
    except SettingsError:
        return
    if "${" not in url:
        parse_uri(url)
