from tests.analysis.rules.judging import finding, found
from tests.corpus.history import History


def test_a_refused_port_is_found_at_once() -> None:
    history = History("x")
    history.line.fail("tcp", "connection refused: nothing listens on that port")

    one = finding(history, "refused")
    assert "nothing listens" in one.sentence
    assert one.evidence[0].at_ns > 0


def test_no_route_is_no_refusal() -> None:
    history = History("x")
    for _ in range(3):
        history.line.fail("tcp", "no route: Network is unreachable")

    assert found(history) == set()


def test_a_refusal_that_a_lasting_connection_followed_is_settled() -> None:
    history = History("x")
    history.line.fail("tcp", "connection refused: nothing listens on that port")
    history.line.open()
    history.line.pings(history.line.opened_s + 100, 20)
    history.line.stay()

    assert found(history) == set()


def test_a_handshake_timeout_is_no_refusal() -> None:
    history = History("x")
    history.line.fail("tcp", "timed out: no answer within 5 s")

    assert found(history) == {"connect_timeout"}


def test_secrets_in_a_quoted_url_are_not_shown() -> None:
    history = History("x")
    history.line.fail("tcp", "connection refused by wss://desk.test/?token=abc123")

    assert "abc123" not in finding(history, "refused").evidence[0].text
