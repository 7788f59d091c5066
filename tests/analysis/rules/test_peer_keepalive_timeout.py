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
        (1011, "keepalive ping timeout"),
        (1001, "ping timeout"),
        (4000, "heartbeat timeout"),
    ],
)
def test_a_close_because_of_missing_pongs_is_a_keepalive_timeout_of_the_server(code: int, reason: str) -> None:
    one = finding(ended_with(code, reason), "peer_keepalive_timeout")

    assert one.severity == "problem"
    assert "missed our answers" in one.sentence


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1011, "internal error"),
        (1000, "heartbeat timeout"),
        (1011, "shopping cart missing"),
    ],
)
def test_other_codes_and_reasons_are_not_taken_for_it(code: int, reason: str) -> None:
    assert "peer_keepalive_timeout" not in found(ended_with(code, reason))
