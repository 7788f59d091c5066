import pytest

from tests.analysis.rules.judging import finding, found
from tests.corpus.history import History


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
        (1008, "replaced by new connection"),
        (4000, "another session was opened"),
        (4409, ""),
        (1000, "logged in elsewhere"),
    ],
)
def test_a_reason_that_names_another_connection_is_a_client_that_connects_twice(code: int, reason: str) -> None:
    one = finding(ended_with(code, reason), "duplicate_client")

    assert one.severity == "problem"
    assert "connects twice" in one.sentence


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1008, "policy violation"),
        (1001, "new version deployed"),
        (1000, "session over"),
    ],
)
def test_other_codes_and_reasons_are_not_taken_for_it(code: int, reason: str) -> None:
    assert "duplicate_client" not in found(ended_with(code, reason))


def test_our_own_second_connection_is_named_as_the_cause() -> None:
    history = History("slots", connections=2)
    second = history.slot(1)
    history.line.open(0)
    second.open(10)
    history.line.close_code(10.1, 1008, "replaced by a newer connection")

    assert "our connection #2 had opened" in finding(history, "duplicate_client").evidence[0].text
