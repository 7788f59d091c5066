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
        (1002, ""),
        (1002, "invalid frame"),
    ],
)
def test_a_1002_of_the_peer_says_that_we_broke_the_protocol(code: int, reason: str) -> None:
    one = finding(ended_with(code, reason), "protocol_error")

    assert one.severity == "problem"
    assert "we broke the WebSocket protocol" in one.sentence


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1007, ""),
        (1009, ""),
        (1011, "protocol error in upstream"),
    ],
)
def test_other_codes_and_reasons_are_not_taken_for_it(code: int, reason: str) -> None:
    assert "protocol_error" not in found(ended_with(code, reason))


def refused_by_us(sent_code: int, reason: str) -> History:
    """A connection on which the peer sends what we must not take."""
    history = History("violation")
    history.line.open()
    history.line.close(history.line.opened_s + 3, mechanism="protocol_error", sent_code=sent_code, sent_reason=reason)
    return history


def test_what_we_had_to_refuse_is_a_broken_protocol_with_its_reason() -> None:
    one = finding(refused_by_us(1002, "incorrect masking"), "protocol_error")

    assert "incorrect masking" in one.sentence


def test_1006_as_a_code_on_the_wire_is_a_broken_protocol() -> None:
    assert found(refused_by_us(1002, "invalid close code 1006")) == {"protocol_error"}


def test_text_that_is_no_utf8_has_a_rule_of_its_own() -> None:
    assert found(refused_by_us(1007, "invalid start byte at position 2")) == {"bad_utf8"}
