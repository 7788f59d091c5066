import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found
from tests.diagnosis.rules.said.endings import ended_with
from wsmonitor.settings.endpoint_settings import OwnCloseCode, to_ns


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1008, "rate limit exceeded"),
        (1013, "too many connections"),
        (4008, "message rate too high"),
        (4000, "you are sending too fast"),
        (4429, ""),
    ],
)
def test_a_code_or_reason_that_asks_to_slow_down_is_a_rate_limit(code: int, reason: str) -> None:
    one = finding(ended_with(code, reason), "rate_limited")

    assert one.severity == "problem"
    assert "too much traffic" in one.sentence
    assert reason in one.sentence


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1008, "moderate failure"),
        (4000, "operation generated"),
        (4000, "exchange rates closed"),
        (1012, "service restart"),
        (1000, ""),
    ],
)
def test_other_codes_and_reasons_are_not_taken_for_it(code: int, reason: str) -> None:
    assert "rate_limited" not in found(ended_with(code, reason))


def test_a_1013_is_told_as_come_back_later_and_not_as_our_fault() -> None:
    one = finding(ended_with(1013, "try again later"), "rate_limited")

    assert "come back later (Close 1013)" in one.sentence
    assert "too much traffic" not in one.sentence


def test_what_the_workspace_says_of_a_code_counts_and_not_what_others_use_it_for() -> None:
    renamed = OwnCloseCode(code=4429, name="shard moved", meaning="reconnect to the next shard")
    limit = OwnCloseCode(code=4777, name="quota used up", meaning="")

    assert "rate_limited" not in found(ended_with(4429, close_code=(renamed,)))
    assert "rate_limited" in found(ended_with(4777, close_code=(limit,)))


def test_a_429_is_found_at_once_with_the_time_to_wait() -> None:
    history = History("429")
    history.line.fail("http", "HTTP 429 Too Many Requests", status=429, retry_after_ns=to_ns(7))

    assert "wait 7.0 s" in finding(history, "rate_limited").sentence


def test_a_quota_that_is_used_up_is_named_and_what_it_counts_is_left_open() -> None:
    one = finding(ended_with(4000, "quota used up"), "rate_limited")

    assert "“quota used up”" in one.sentence
    assert one.confidence.value < 0.8
    assert {other.rule for other in one.also_considered if not other.ruled_out} == {"count_limit", "volume_limit"}
