import pytest

from tests.analysis.rules.judging import finding, found, pending
from tests.corpus.history import History, Line
from wsmonitor.analysis.findings import Pending
from wsmonitor.config import to_ns


def busy(line: Line, life_s: float) -> None:
    """A connection with traffic all the time."""
    line.open()
    at_s = line.opened_s
    while (at_s := at_s + line.dice.uniform(0.2, 2)) < line.opened_s + life_s:
        line.send(at_s, answer=b"ok")


@pytest.mark.parametrize("limit_s", [7, 13, 30, 41])
def test_busy_connections_that_end_at_the_same_age_have_a_lifetime_limit(limit_s: float) -> None:
    history = History("lifetime")
    for _ in range(3):
        busy(history.line, limit_s)
        history.line.close(history.line.opened_s + limit_s)

    one = finding(history, "lifetime_limit")
    assert one.limit_ns == pytest.approx(to_ns(limit_s), rel=0.01)
    assert "No heartbeat helps" in one.fix


def test_ages_without_a_pattern_are_no_lifetime_limit() -> None:
    history = History("ages")
    for _ in range(20):
        life_s = history.dice.uniform(5, 60)
        busy(history.line, life_s)
        history.line.close(history.line.opened_s + life_s)

    assert found(history) == set()


def test_a_connection_that_grew_older_withdraws_it() -> None:
    history = History("older")
    for _ in range(4):
        busy(history.line, 10)
        history.line.close(history.line.opened_s + 10)
    busy(history.line, 15)
    history.line.stay()

    assert "lifetime_limit" not in found(history, history.line.now_s)


def test_clean_rotation_at_a_fixed_age_is_nobodys_fault() -> None:
    history = History("rotation")
    for _ in range(10):
        busy(history.line, 30)
        history.line.close_code(history.line.opened_s + 30, 1001, "rotation")

    assert found(history) == set()


def test_two_equal_ages_ask_for_a_third() -> None:
    history = History("two")
    for _ in range(2):
        busy(history.line, 10)
        history.line.close(history.line.opened_s + 10)

    assert pending(history, "lifetime_limit") == Pending(have=2, need=3)


def test_the_rest_of_an_interval_is_no_idle_limit_where_whole_intervals_were_survived() -> None:
    history = History("phase")
    for _ in range(4):
        history.line.open()
        history.line.pings(history.line.opened_s + 30, 20)
        history.line.close(history.line.opened_s + 30)

    assert found(history) == {"lifetime_limit"}
