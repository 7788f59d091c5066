"""A limit on connections, and what only looks like one."""

from tests.corpus.history import QUIET, History
from tests.diagnosis.rules.judging import finding, found


def _lasting(history: History, slots: int, until_s: float) -> None:
    for number in range(slots):
        line = history.line if not number else history.slot(number)
        line.open(0.5 + 0.2 * number)
        line.stay()
        assert until_s


def test_further_connections_that_are_closed_at_once_while_others_last_are_a_limit() -> None:
    history = History("full", ping=QUIET, connections=3)
    _lasting(history, 2, 60)
    third = history.slot(2)
    for second in (2, 8, 15, 30):
        third.open(second)
        third.close_code(third.opened_s + 0.01, 1013, "too many connections")

    one = finding(history, "connection_limit", end_s=60)
    assert "2 connections" in one.sentence
    assert "rate_limited" not in found(history, end_s=60)


def test_statuses_that_refuse_while_others_last_are_a_limit_and_no_service_that_is_down() -> None:
    history = History("503", ping=QUIET, connections=3)
    _lasting(history, 2, 60)
    third = history.slot(2)
    for second in (2, 8, 15, 30):
        third.fail("http", "HTTP 503", at_s=second, status=503)

    assert {"connection_limit"} <= found(history, end_s=60)
    assert "upstream_down" not in found(history, end_s=60)


def test_a_single_connection_that_is_refused_meets_no_limit_on_its_number() -> None:
    history = History("down", ping=QUIET, connections=3)
    for second in (2, 8, 15, 30):
        history.line.fail("http", "HTTP 503", at_s=second, status=503)

    assert found(history, end_s=60) & {"upstream_down", "connection_limit"} == {"upstream_down"}


def test_refusals_that_come_whether_or_not_others_are_open_are_no_limit() -> None:
    history = History("both", ping=QUIET, connections=2)
    for second in (1, 3, 6):
        history.slot(1).fail("http", "HTTP 503", at_s=second, status=503)
    history.line.open(10)
    history.line.stay()
    history.slot(1).fail("http", "HTTP 503", at_s=20, status=503)

    assert "connection_limit" not in found(history, end_s=60)


def _two_at_once(reason: str) -> History:
    """Both dial together; the one that opened first ends at once, and the other stays."""
    history = History("two", ping=QUIET, connections=2)
    history.line.open(0.5)
    other = history.slot(1)
    other.open(0.502)
    history.line.close_code(history.line.opened_s + 0.003, 1008, reason)
    other.stay()
    return history


def test_words_about_another_login_are_no_limit_though_it_ended_at_once() -> None:
    said = found(_two_at_once("logged in elsewhere"), end_s=60)

    assert {"duplicate_client"} <= said
    assert "connection_limit" not in said


def test_the_first_that_opened_and_ended_without_a_word_may_have_been_replaced() -> None:
    one = finding(_two_at_once(""), "connection_limit", end_s=60)

    assert [other.rule for other in one.also_considered if not other.ruled_out] == ["duplicate_client"]
    assert one.confidence.value < 0.5
