"""Ends by the server's clock, and what only looks like one."""

import pytest

from tests.corpus.history import QUIET, History
from tests.diagnosis.rules.judging import finding, found


def _swept(history: History, every_s: float, times: int, *, code: int | None = None, late_s: float = 0.0) -> None:
    """The server ends whoever is there every so often; who dials when is chance."""
    line = history.line
    for beat in range(1, times + 1):
        line.open((beat - 1) * every_s + line.dice.uniform(0.5, 0.6 * every_s))
        line.send(line.opened_s + 0.3, b'{"type":"say"}')
        end_s = beat * every_s + line.dice.uniform(-late_s, late_s)
        if code is None:
            line.close(end_s)
        else:
            line.close_code(end_s, code)


@pytest.mark.parametrize("code", [None, 1001, 4010])
def test_ends_that_keep_step_while_lives_differ_are_a_clock(code: int | None) -> None:
    history = History("clock", ping=QUIET)
    _swept(history, 13, 7, code=code, late_s=0.02)

    one = finding(history, "clocked_endings")
    assert "every 13" in one.sentence
    assert not {"lifetime_limit", "idle_timeout"} & found(history)


def test_ends_at_any_time_are_no_clock() -> None:
    history = History("any time", ping=QUIET)
    _swept(history, 13, 9, late_s=5)

    assert "clocked_endings" not in found(history)


def test_equal_ages_are_no_clock_though_quick_redials_make_the_ends_keep_step() -> None:
    history = History("ages", ping=QUIET)
    for _ in range(7):
        history.line.open()
        for beat in range(1, 30):
            history.line.send(history.line.opened_s + beat + history.line.dice.uniform(-0.7, 0.7), answer=b"ok")
        history.line.close(history.line.opened_s + 30)

    assert "clocked_endings" not in found(history)
    assert "lifetime_limit" in found(history)


def test_three_ends_make_no_clock() -> None:
    history = History("three", ping=QUIET)
    _swept(history, 13, 3)

    assert "clocked_endings" not in found(history)


def test_four_ends_that_keep_step_are_told_with_half_a_voice() -> None:
    few, many = History("few", ping=QUIET), History("many", ping=QUIET)
    _swept(few, 13, 4, late_s=0.02)
    _swept(many, 13, 8, late_s=0.02)

    assert finding(few, "clocked_endings").confidence.value < 0.65
    assert finding(many, "clocked_endings").confidence.value > 0.7


def test_lives_that_are_alike_keep_a_step_by_themselves_and_are_told_with_half_a_voice() -> None:
    history = History("alike", ping=QUIET)
    line = history.line
    for beat, late_s in enumerate((0, 0.09, 0.02, 0.11, 0.05), start=1):
        line.open(13 * beat - 12.8 + (0.3, 0.1, 0.5, 0.2, 0.4)[beat - 1])
        line.send(line.opened_s + 0.3, b'{"type":"say"}')
        line.close(13 * beat + late_s)

    assert finding(history, "clocked_endings").confidence.value < 0.6


def test_a_step_that_only_our_redialling_keeps_is_no_clock_of_the_server() -> None:
    history = History("ours", ping=QUIET)
    for number in range(7):
        history.line.open(10 * number)
        history.line.send(history.line.opened_s + 0.001)
        history.line.close_code(history.line.opened_s + 0.01 + history.line.dice.uniform(0, 0.2), 4010)

    assert "clocked_endings" not in found(history)
