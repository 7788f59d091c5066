"""Redaction: names decide what is secret, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.facts.events import Message, OpenFailed, PhaseDone
from wsmonitor.text.redact import REDACTED, redact_event, redact_headers, redact_text, redact_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("ws://h/x?token=abc&room=1", "ws://h/x?token=***&room=1"),
        (
            "wss://h?access_token=a&api_key=b&apiKey=c&X-Signature=d",
            "wss://h?access_token=***&api_key=***&apiKey=***&X-Signature=***",
        ),
        ("ws://me:pass@h:1/?a=b", "ws://***@h:1/?a=b"),
        ("ws://me:p@ss@h/", "ws://***@h/"),
        ("h:1/x?password=1", "h:1/x?password=***"),
        ("ws://h/#id_token=x", "ws://h/#id_token=***"),
        ("ws://h/a@b?monkey=1&max_tokens=2", "ws://h/a@b?monkey=1&max_tokens=2"),
        ("ws://h/?token=${TOKEN}", "ws://h/?token=${TOKEN}"),
        ("ws://h/?token=", "ws://h/?token="),
    ],
)
def test_credentials_of_a_url_are_hidden(url: str, shown: str) -> None:
    assert redact_url(url) == shown


@given(st.text())
def test_redacting_never_fails_and_twice_is_once(text: str) -> None:
    once = redact_url(text)

    assert redact_url(once) == once


def test_urls_inside_a_sentence_are_redacted() -> None:
    assert (
        redact_text("redirected to wss://u:p@h/?jwt=abc, then gone") == "redirected to wss://***@h/?jwt=***, then gone"
    )


def test_secret_headers_are_hidden_whatever_their_case() -> None:
    headers = {
        "authorization": "Bearer abc",
        "Proxy-Authorization": "Basic dTpw",
        "COOKIE": "a=b",
        "Set-Cookie": "a=b; Path=/",
        "X-Api-Key": "k",
        "X-Auth-Token": "${TOKEN}",
        "Location": "ws://h/?token=t",
        "Sec-WebSocket-Key": "nonce",
        "Server": "x",
    }

    assert redact_headers(headers) == headers | {
        "authorization": "Bearer ***",
        "Proxy-Authorization": "Basic ***",
        "COOKIE": REDACTED,
        "Set-Cookie": REDACTED,
        "X-Api-Key": REDACTED,
        "Location": "ws://h/?token=***",
    }


def test_events_lose_their_secrets_and_messages_stay() -> None:
    phase = PhaseDone(at_ns=1, endpoint="a", phase="http", duration_ns=1, detail={"set-cookie": "s=1"})
    failed = OpenFailed(at_ns=1, endpoint="a", phase="http", error="to ws://h?key=1", duration_ns=1)
    message = Message(at_ns=1, endpoint="a", direction="rx", opcode=1, size_bytes=1, wire_bytes=1, payload=b"token=1")

    assert redact_event(phase) == PhaseDone(
        at_ns=1, endpoint="a", phase="http", duration_ns=1, detail={"set-cookie": REDACTED}
    )
    assert redact_event(failed) == OpenFailed(
        at_ns=1, endpoint="a", phase="http", error="to ws://h?key=***", duration_ns=1
    )
    assert redact_event(message) is message
