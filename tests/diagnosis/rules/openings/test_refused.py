import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


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

    assert found(history) == {"no_route"}


def test_a_refusal_that_a_lasting_connection_followed_is_settled() -> None:
    history = History("x")
    history.line.fail("tcp", "connection refused: nothing listens on that port")
    history.line.open()
    history.line.pings(history.line.opened_s + 100, 20)
    history.line.stay()

    assert found(history) == set()


def test_a_refusal_behind_a_redirect_names_where_the_redirect_led() -> None:
    history = History("x")
    history.line.fail(
        "tcp", "connection refused: nothing listens on that port", detail={"redirected_to": "wss://login.test:1"}
    )

    assert (
        "nothing listens on wss://login.test:1 (redirected from desk.test:8000)" in finding(history, "refused").sentence
    )


def test_a_refusal_without_a_redirect_names_the_endpoint() -> None:
    history = History("x")
    history.line.fail("tcp", "connection refused: nothing listens on that port")

    assert finding(history, "refused").sentence.endswith("nothing listens on desk.test:8000, or a firewall rejects it.")


def test_a_proxy_that_refuses_is_named_and_not_the_endpoint() -> None:
    history = History("x")
    error = "proxy http://gate.test:3128: connection refused: nothing listens on that port"
    history.line.fail("tcp", error, detail={"proxy": "http://gate.test:3128"})

    sentence = finding(history, "refused").sentence
    assert "gate.test:3128" in sentence
    assert "desk.test" not in sentence


def test_a_refusal_after_which_an_opening_worked_is_past_and_half_as_sure() -> None:
    history = History("x")
    history.line.fail("tcp", "connection refused: nothing listens on that port")
    history.line.open()
    history.line.pings(history.line.opened_s + 30, 5)
    history.line.stay()

    one = finding(history, "refused")
    assert "was refused" in one.sentence
    assert "has worked since" in one.sentence
    assert one.confidence.value <= 0.5


def test_refusals_that_come_and_go_after_ends_are_restarts() -> None:
    history = History("x")
    for _ in range(3):
        history.line.fail("tcp", "connection refused: nothing listens on that port")
        history.line.open()
        history.line.close(history.line.opened_s + 7)
    history.line.open()
    history.line.stay()

    assert "server_restarts" in found(history)


def test_a_handshake_timeout_is_no_refusal() -> None:
    history = History("x")
    history.line.fail("tcp", "timed out: no answer within 5 s")

    assert found(history) == {"connect_timeout"}


def test_secrets_in_a_quoted_url_are_not_shown() -> None:
    history = History("x")
    history.line.fail("tcp", "connection refused by wss://desk.test/?token=abc123")

    assert "abc123" not in finding(history, "refused").evidence[0].text


@pytest.mark.parametrize(("wait_s", "is_joined"), [(0.2, True), (30, False)])
def test_refusals_right_after_everything_ended_say_that_the_server_went_away(wait_s: float, *, is_joined: bool) -> None:
    line = History("crash").line
    line.open()
    line.close(line.opened_s + 40)
    for number in range(3):
        line.fail("tcp", "connection refused", at_s=line.opened_s + 40 + wait_s + 5 * number)

    one = finding(line.history, "refused")
    assert ("went away: the last connection ended" in one.sentence) == is_joined
    assert ("Look at why it ended" in one.fix) == is_joined


def test_who_closed_it_by_itself_did_not_see_the_server_go() -> None:
    line = History("own stop").line
    line.open()
    line.stop(line.opened_s + 40)
    line.fail("tcp", "connection refused", at_s=line.opened_s + 40.2)

    assert "went away" not in finding(line.history, "refused").sentence


def test_a_port_that_answers_otherwise_by_now_is_not_said_to_have_nobody() -> None:
    history = History("x", url="wss://desk.test:8443/ws")
    history.line.open()
    history.line.close(history.line.opened_s + 10)
    history.line.fail("tcp", "connection refused: nothing listens on that port")
    for _ in range(3):
        history.line.fail("tls", "TLS failed: the peer does not speak TLS on this port")

    refused, mismatch = finding(history, "refused"), finding(history, "tls_mismatch")
    assert "Openings fail in another way since" in refused.sentence
    assert "since." in refused.sentence
    assert "nothing listens" not in refused.sentence
    assert refused.confidence.value < 0.5 < mismatch.confidence.value
    assert mismatch.fix.startswith("Connections did open here before")


def test_refusals_among_other_failures_go_on() -> None:
    history = History("x")
    for _ in range(3):
        history.line.fail("tcp", "connection refused: nothing listens on that port")
        history.line.fail("tcp", "timed out: no answer within 5 s")

    assert "nothing listens" in finding(history, "refused").sentence


def test_a_server_that_never_was_reached_is_not_said_to_have_changed() -> None:
    history = History("x", url="wss://desk.test:8443/ws")
    history.line.fail("tls", "TLS failed: the peer does not speak TLS on this port")

    assert finding(history, "tls_mismatch").fix.startswith("Use ws://")
