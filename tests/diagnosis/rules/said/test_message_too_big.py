import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def ended_with(code: int, reason: str = "", *, profile: str = "") -> History:
    """A connection that the peer closes after half a minute."""
    history = History("code", profile=profile)
    history.line.open()
    history.line.send(history.line.opened_s + 1, answer=b"ok")
    history.line.close_code(history.line.opened_s + 30, code, reason)
    return history


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1009, ""),
        (1009, "limit 1024"),
    ],
)
def test_a_1009_of_the_peer_refuses_a_message_of_ours(code: int, reason: str) -> None:
    one = finding(ended_with(code, reason), "message_too_big")

    assert one.severity == "problem"
    assert "refused a message of ours" in one.sentence


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1008, "file too big"),
        (1011, ""),
        (1002, ""),
    ],
)
def test_other_codes_and_reasons_are_not_taken_for_it(code: int, reason: str) -> None:
    assert "message_too_big" not in found(ended_with(code, reason))


def refused_by_us(sent_code: int, reason: str) -> History:
    """A connection on which the peer sends what we must not take."""
    history = History("violation")
    history.line.open()
    history.line.close(history.line.opened_s + 3, mechanism="protocol_error", sent_code=sent_code, sent_reason=reason)
    return history


def test_a_message_that_we_had_to_refuse_names_our_limit() -> None:
    one = finding(refused_by_us(1009, "over size limit"), "message_too_big")

    assert "67.1 MB" in one.sentence
