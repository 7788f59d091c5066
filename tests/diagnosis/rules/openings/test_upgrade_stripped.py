import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def test_a_page_instead_of_an_upgrade_is_found_at_once() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 200 OK", status=200)

    one = finding(history, "upgrade_stripped")
    assert "HTTP 200" in one.sentence
    assert one.evidence[0].at_ns > 0


def test_a_400_that_complains_of_something_else_is_not_blamed_on_a_proxy() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 400 Bad Request", status=400, detail={"body": '{"error":"room is missing"}'})

    assert found(history) == {"handshake_refused"}


def test_a_404_is_a_refusal() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 404 Not Found", status=404)

    assert found(history) == {"handshake_refused"}


def test_a_426_saw_no_upgrade() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 426 Upgrade Required", status=426)

    assert found(history) == {"upgrade_stripped"}


def test_the_answer_is_quoted_as_evidence() -> None:
    history = History("x")
    history.line.fail("http", "HTTP 200 OK", status=200, detail={"body": "<html>Welcome to nginx</html>"})

    assert "the answer says “Welcome" in finding(history, "upgrade_stripped").evidence[0].text


def test_another_protocol_on_the_port_is_named_with_its_first_bytes() -> None:
    history = History("x")
    history.line.fail("http", "the answer is not HTTP: 'SSH-2.0-OpenSSH_9.2'")

    one = finding(history, "upgrade_stripped")
    assert "SSH-2.0-OpenSSH_9.2" in one.sentence
    assert "another service" in one.fix


def test_a_tls_alert_is_a_mismatch_and_no_stripping() -> None:
    history = History("x")
    history.line.fail("http", "the answer is not HTTP but TLS: use wss://")

    assert found(history) == {"tls_mismatch"}


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (400, {"sec-websocket-version": "13"}),
        (400, {"body": "<html><body>Bad Request: missing Upgrade header</body></html>"}),
        (426, {}),
        (505, {}),
    ],
)
def test_an_answer_that_misses_the_upgrade_is_stripped(status: int, detail: dict[str, str]) -> None:
    history = History("stripped")
    history.line.fail("http", f"HTTP {status}", status=status, detail=detail)

    assert found(history) == {"upgrade_stripped"}


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (400, {"body": "<html><h1>400 Bad Request</h1>Request Header Or Cookie Too Large</html>"}),
        (200, {"body": "<html>Please sign in</html>", "redirected_to": "http://login.test"}),
    ],
)
def test_an_answer_that_complains_of_something_else_is_not_stripped(status: int, detail: dict[str, str]) -> None:
    history = History("other")
    history.line.fail("http", f"HTTP {status}", status=status, detail=detail)

    assert found(history) == {"handshake_refused"}
