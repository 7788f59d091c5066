from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def test_an_unanswered_handshake_is_found_at_once() -> None:
    history = History("x")
    history.line.fail("tcp", "timed out: no answer within 5 s", after_s=5)

    one = finding(history, "connect_timeout")
    assert "times out" in one.sentence
    assert one.evidence[0].at_ns > 0


def test_an_upgrade_that_is_never_answered_is_told_from_a_dead_address() -> None:
    history = History("x")
    history.line.fail("http", "timed out: no answer within 5 s", after_s=5)

    sentence = finding(history, "connect_timeout").sentence
    assert "TCP connects" in sentence
    assert "upgrade request is never answered" in sentence


def test_silence_behind_a_redirect_names_where_the_redirect_led() -> None:
    history = History("x")
    history.line.fail("tcp", "timed out: no answer within 5 s", detail={"redirected_to": "ws://far.test:9"})

    assert "Nothing answers at ws://far.test:9" in finding(history, "connect_timeout").sentence


def test_silence_through_a_proxy_is_not_told_as_a_tcp_handshake_of_the_endpoint() -> None:
    history = History("x")
    history.line.fail("tcp", "timed out: no answer within 5 s", detail={"proxy": "http://gate.test:3128"})

    sentence = finding(history, "connect_timeout").sentence
    assert "through the proxy http://gate.test:3128" in sentence
    assert "TCP handshake" not in sentence


def test_a_lookup_that_stays_out_is_another_matter() -> None:
    history = History("x")
    for _ in range(3):
        history.line.fail("dns", "timed out: no answer within 5 s")

    assert found(history) == {"dns_failing"}


def test_a_refusal_is_an_answer() -> None:
    history = History("x")
    history.line.fail("tcp", "connection refused: nothing listens on that port")

    assert found(history) == {"refused"}
