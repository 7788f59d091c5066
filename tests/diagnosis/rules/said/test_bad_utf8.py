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
        (1007, ""),
        (1007, "invalid utf-8"),
    ],
)
def test_a_1007_of_the_peer_blames_our_text(code: int, reason: str) -> None:
    one = finding(ended_with(code, reason), "bad_utf8")

    assert one.severity == "problem"
    assert "does not fit its type" in one.sentence


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1003, ""),
        (1002, ""),
        (1011, "bad utf-8 in config"),
    ],
)
def test_other_codes_and_reasons_are_not_taken_for_it(code: int, reason: str) -> None:
    assert "bad_utf8" not in found(ended_with(code, reason))


def refused_by_us(sent_code: int, reason: str) -> History:
    """A connection on which the peer sends what we must not take."""
    history = History("violation")
    history.line.open()
    history.line.close(history.line.opened_s + 3, mechanism="protocol_error", sent_code=sent_code, sent_reason=reason)
    return history


def test_text_that_we_had_to_refuse_is_bad_utf8_with_its_place() -> None:
    one = finding(refused_by_us(1007, "invalid start byte at position 2"), "bad_utf8")

    assert "position 2" in one.sentence
