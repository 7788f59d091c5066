"""What a forward proxy answers instead of a tunnel."""

import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found

GATE = {"proxy": "http://gate.test:3128"}


@pytest.mark.parametrize(("status", "word"), [(403, "does not allow"), (407, "credentials"), (503, "could not reach")])
def test_an_answer_to_connect_is_the_proxys_and_not_the_applications(status: int, word: str) -> None:
    history = History("connect")
    history.line.fail(
        "tcp", f"proxy http://gate.test:3128: the proxy answered HTTP {status}", status=status, detail=GATE
    )

    one = finding(history, "proxy_refuses")
    assert "gate.test:3128" in one.sentence
    assert word in one.sentence
    assert found(history) == {"proxy_refuses"}


def test_a_socks_proxy_that_gives_no_tunnel_is_quoted() -> None:
    history = History("socks")
    history.line.fail("tcp", "proxy socks5://gate.test:1080: no tunnel: Connection not allowed by ruleset", detail=GATE)

    assert "Connection not allowed by ruleset" in finding(history, "proxy_refuses").sentence


def test_a_status_of_the_server_itself_is_none_of_the_proxy() -> None:
    history = History("server")
    history.line.fail("http", "HTTP 403 Forbidden", status=403, detail=GATE)

    assert "proxy_refuses" not in found(history)
