"""No way to the server, and what only looks like it."""

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found

NO_ROUTE = "no route: Network is unreachable"


def test_errors_of_the_route_again_and_again_are_no_route() -> None:
    history = History("unreachable")
    for second in (1, 3, 7):
        history.line.fail("tcp", NO_ROUTE, at_s=second, after_s=0.0004)

    assert "Network is unreachable" in finding(history, "no_route", end_s=10).sentence


def test_one_error_while_an_interface_comes_back_is_not_yet_told() -> None:
    history = History("moment")
    history.line.fail("tcp", NO_ROUTE, at_s=1, after_s=0.0004)
    history.line.open(2)
    history.line.stay()

    assert "no_route" not in found(history, end_s=30)


def test_one_error_that_stays_the_last_word_is_told() -> None:
    history = History("stays")
    history.line.fail("tcp", NO_ROUTE, at_s=1, after_s=0.0004)

    assert "no_route" in found(history, end_s=30)


def test_a_refusal_and_a_time_limit_are_no_missing_route() -> None:
    history = History("others")
    history.line.fail("tcp", "refused: nothing listens there", at_s=1)
    history.line.fail("tcp", "timed out: nothing answered within 5 s", at_s=3, after_s=5)

    assert "no_route" not in found(history, end_s=30)


def test_what_time_alone_tells_is_told_within_seconds() -> None:
    history = History("soon")
    history.line.fail("tcp", NO_ROUTE, at_s=1, after_s=0.0004)

    assert "no_route" in found(history, end_s=9)
