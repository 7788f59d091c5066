from tests.analysis.rules.judging import finding, found
from tests.corpus.history import History


def test_a_403_is_a_refused_upgrade() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 403 Forbidden", status=403)

    one = finding(history, "handshake_refused")
    assert "HTTP 403" in one.sentence
    assert one.evidence[0].at_ns > 0


def test_a_server_error_is_no_refusal() -> None:
    history = History("x")
    for _ in range(3):
        history.line.fail("http", "HTTP 500 Internal Server Error", status=500)

    assert found(history) == set()


def test_a_403_for_too_many_requests_is_a_rate_limit() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 403 Forbidden", status=403, detail={"body": "rate limit exceeded"})

    assert found(history) == {"rate_limited"}
