import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found
from tests.diagnosis.rules.said.endings import ended_with


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1011, "keepalive ping timeout"),
        (1001, "ping timeout"),
        (4000, "heartbeat timeout"),
    ],
)
def test_a_close_because_of_missing_pongs_is_a_keepalive_timeout_of_the_server(code: int, reason: str) -> None:
    history = History("asked")
    history.line.open()
    history.line.control(history.line.opened_s + 10, "tx", 9)
    history.line.control(history.line.opened_s + 11, "rx", 10)
    history.line.control(history.line.opened_s + 20, "rx", 9)
    history.line.close_code(history.line.opened_s + 40, code, reason)

    one = finding(history, "peer_keepalive_timeout")
    assert one.severity == "problem"
    assert "missed our answers" in one.sentence
    assert "pings of the server until then: 1; of our own pings 1 were answered" in one.evidence[0].text


def test_a_server_that_never_asked_is_not_said_to_have_missed_an_answer() -> None:
    one = finding(ended_with(1011, "keepalive ping timeout"), "peer_keepalive_timeout")

    assert "no ping of it ever reached us" in one.sentence


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1011, "internal error"),
        (1011, "shopping cart missing"),
    ],
)
def test_other_codes_and_reasons_are_not_taken_for_it(code: int, reason: str) -> None:
    assert "peer_keepalive_timeout" not in found(ended_with(code, reason))


def test_what_the_server_still_sends_after_its_close_stands_in_the_evidence() -> None:
    history = History("twice")
    history.line.open()
    end_s = history.line.opened_s + 3
    history.line.control(end_s, "rx", 8)
    history.line.receive(end_s + 0.001, b"error")
    history.line.close_code(end_s + 0.002, 1011, "keepalive ping timeout")

    (row,) = finding(history, "peer_keepalive_timeout").evidence
    assert "then it sent 1 message and a second Close, after its own Close" in row.text
