import pytest

from tests.analysis.rules.judging import finding, found
from tests.corpus.history import History
from wsmonitor.config import to_ns


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
        (1008, "rate limit exceeded"),
        (1013, "too many connections"),
        (4429, ""),
        (4000, "quota used up"),
    ],
)
def test_a_code_or_reason_that_asks_to_slow_down_is_a_rate_limit(code: int, reason: str) -> None:
    one = finding(ended_with(code, reason), "rate_limited")

    assert one.severity == "problem"
    assert "too much traffic" in one.sentence


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1008, "moderate failure"),
        (4000, "operation generated"),
        (1013, "try again later"),
        (1000, ""),
    ],
)
def test_other_codes_and_reasons_are_not_taken_for_it(code: int, reason: str) -> None:
    assert "rate_limited" not in found(ended_with(code, reason))


def test_a_429_is_found_at_once_with_the_time_to_wait() -> None:
    history = History("429")
    history.line.fail("http", "HTTP 429 Too Many Requests", status=429, retry_after_ns=to_ns(7))

    assert "wait 7.0 s" in finding(history, "rate_limited").sentence
