import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def test_a_403_is_a_refused_upgrade() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 403 Forbidden", status=403)

    one = finding(history, "handshake_refused")
    assert "HTTP 403" in one.sentence
    assert one.evidence[0].at_ns > 0


def test_a_500_is_told_as_a_failure_of_the_application() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 500 Internal Server Error", status=500)

    assert "failed while opening: HTTP 500" in finding(history, "handshake_refused").sentence


def test_a_gateway_without_its_server_refuses_nothing() -> None:
    history = History("x")
    for _ in range(3):
        history.line.fail("http", "HTTP 502 Bad Gateway", status=502)

    assert found(history) == {"upstream_down"}


def test_a_404_may_be_a_proxy_that_drops_the_upgrade() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 404 Not Found", status=404)

    assert "Upgrade and Connection headers" in finding(history, "handshake_refused").fix


def test_a_wrong_accept_header_is_told_as_an_invalid_answer() -> None:
    history = History("x")
    history.line.fail("http", "the answer breaks the handshake: invalid Sec-WebSocket-Accept header: AAA=", fatal=True)

    one = finding(history, "handshake_refused")
    assert "is not valid: invalid Sec-WebSocket-Accept header: AAA=." in one.sentence
    assert "4.2.2" in one.fix


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("the peer or a proxy in front of it ended the connection before answering (FIN)", "ended (FIN) without"),
        ("the peer or a proxy in front of it reset the connection before answering (RST)", "reset (RST) without"),
        ("the peer or a proxy in front of it ended the connection before finishing its answer (FIN)", "in the middle"),
    ],
)
def test_an_end_instead_of_an_answer_is_told_as_it_was_seen(error: str, words: str) -> None:
    history = History("x")
    history.line.fail("http", error)

    one = finding(history, "handshake_refused")
    assert words in one.sentence
    assert "wss://" in one.fix
    assert one.confidence.value < 0.8


def test_an_end_instead_of_an_answer_over_tls_hints_at_a_client_certificate() -> None:
    history = History("x", url="wss://desk.test/ws")
    history.line.fail("http", "the peer or a proxy in front of it ended the connection before answering (FIN)")

    assert "client certificate" in finding(history, "handshake_refused").fix


def test_an_end_during_the_tls_handshake_is_no_refused_upgrade() -> None:
    history = History("x")
    history.line.fail("tls", "the peer ended the connection during the TLS handshake")

    assert found(history) == {"tls_mismatch"}


def test_a_403_for_too_many_requests_is_a_rate_limit() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 403 Forbidden", status=403, detail={"body": "rate limit exceeded"})

    assert found(history) == {"rate_limited"}


def test_what_the_answer_says_is_quoted_without_its_secrets() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 418", status=418, detail={"body": "no coffee at wss://desk.test/?token=abc123"})

    fix = finding(history, "handshake_refused").fix
    assert "The body says “no coffee at wss://desk.test/" in fix
    assert "abc123" not in fix


def test_a_page_is_not_quoted() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 403 Forbidden", status=403, detail={"body": "<html><body>no</body></html>"})

    assert "The body says" not in finding(history, "handshake_refused").fix
