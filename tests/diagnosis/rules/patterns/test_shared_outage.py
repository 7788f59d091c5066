import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def together(history: History, count: int, *, spread_s: float = 0.3, same_age: bool = False, code: int = 0) -> None:
    """Connections of several endpoints that end in the same moment."""
    lines = [history.line, *(history.endpoint(f"other {number}") for number in range(count - 1))]
    for number, line in enumerate(lines):
        line.open(0 if same_age else 37.0 * number)
    for number, line in enumerate(lines):
        end_s = 900 + spread_s * number / count
        line.pings(end_s, 7 + number)
        if code:
            line.close_code(end_s, code, "")
        else:
            line.close(end_s)


@pytest.mark.parametrize("code", [0, 1001, 1012])
def test_connections_of_different_age_that_end_together_are_an_outage(code: int) -> None:
    history = History("outage")
    together(history, 4, code=code)

    one = finding(history, "shared_outage")
    assert "4 of 4 connections" in one.sentence


def test_two_are_no_crowd() -> None:
    history = History("two")
    together(history, 2)

    assert found(history) == set()


def test_connections_of_the_same_age_reach_a_limit_together() -> None:
    history = History("same age")
    together(history, 4, same_age=True)

    assert "shared_outage" not in found(history)


def test_a_few_of_many_are_no_outage() -> None:
    history = History("few")
    for number in range(10):
        history.endpoint(f"lasting {number}").open(0)
    together(history, 3)

    assert "shared_outage" not in found(history)


def test_independent_endings_are_no_outage() -> None:
    history = History("independent")
    lines = [history.line, *(history.endpoint(f"other {number}") for number in range(4))]
    for line in lines:
        for _ in range(10):
            line.open()
            line.close(line.opened_s + 2 + line.dice.expovariate(1 / 60))

    assert "shared_outage" not in found(history)


def test_a_few_that_fall_together_again_and_again_are_an_outage_each_time() -> None:
    history = History("again")
    lines = [history.line, *(history.endpoint(f"other {number}") for number in range(3))]
    for _ in range(6):
        moment_s = max(line.now_s for line in lines) + history.dice.uniform(3, 9)
        for line in lines:
            line.open()
        for line in lines:
            line.pings(moment_s, 0.5)
            line.close_code(moment_s + history.dice.uniform(0, 0.02), 1011, "internal error")

    assert "shared_outage" in found(history)


@pytest.mark.parametrize("is_limit", [True, False])
def test_where_the_oldest_is_of_one_age_each_time_a_limit_takes_the_others_along(*, is_limit: bool) -> None:
    history = History("oldest", connections=3)
    at_s = 1.0
    for _ in range(4):
        life_s = 30.0 if is_limit else history.dice.uniform(15, 50)
        for slot in range(3):
            line = history.slot(slot)
            line.open(at_s + (history.dice.uniform(1, 9) if slot else 0))
            line.close(at_s + 2 * line.round_trip_s + life_s)
        at_s += life_s + 2

    assert ("shared_outage" in found(history)) != is_limit
