"""Restarts that come back, and what only looks like one."""

from tests.corpus.history import QUIET, History
from tests.diagnosis.rules.judging import finding, found

REFUSED = "refused: nothing listens there"


def _restarted(history: History, at_s: float, *, slots: int = 1, refused: bool = True, first_s: float = 0.0) -> None:
    """Everything ends at `at_s`, and is back a second later."""
    lines = [history.line, *(history.slot(number) for number in range(1, slots))]
    for number, line in enumerate(lines):
        line.open(first_s + 0.7 * number)
        line.close(at_s + 0.01 * number)
        if refused:
            line.fail("tcp", REFUSED, at_s=at_s + 0.3)


def _back(history: History, at_s: float) -> None:
    history.line.open(at_s)
    history.line.stay()


def test_ends_after_which_nothing_listens_for_a_moment_are_restarts() -> None:
    history = History("restarts", ping=QUIET)
    for number in range(3):
        _restarted(history, 20 + 20 * number, first_s=20 * number + 1)
    _back(history, 62)

    assert "every 20" in finding(history, "server_restarts", end_s=65).sentence


def test_a_server_that_did_not_come_back_is_down_and_not_restarting() -> None:
    history = History("down", ping=QUIET)
    for number in range(2):
        _restarted(history, 20 + 20 * number, first_s=20 * number + 1)
    for second in range(42, 120, 6):
        history.line.fail("tcp", REFUSED, at_s=second)

    assert "server_restarts" not in found(history)
    assert "refused" in found(history)


def test_equal_ages_of_connections_that_opened_together_are_no_restart() -> None:
    history = History("limit", ping=QUIET)
    for number in range(3):
        for slot in range(3):
            line = history.line if not slot else history.slot(slot)
            line.open(31 * number + 1)
            line.close(31 * number + 31)
    _back(history, 95)

    assert "server_restarts" not in found(history, end_s=97)


def test_one_restart_is_not_told_as_many() -> None:
    history = History("one", ping=QUIET)
    _restarted(history, 20, slots=3, first_s=1)
    _back(history, 22)

    assert "server_restarts" not in found(history, end_s=25)


def test_restarts_stay_told_when_our_own_stop_ends_the_last_connection() -> None:
    history = History("stopped", ping=QUIET)
    for number in range(3):
        _restarted(history, 20 + 20 * number, first_s=20 * number + 1)
    history.line.open(62)
    history.line.stop(100)

    assert "server_restarts" in found(history, end_s=100.1)


def test_connections_that_open_apart_and_end_as_far_apart_did_not_end_together() -> None:
    history = History("ages", ping=QUIET)
    for number in range(4):
        for slot in range(2):
            line = history.line if not slot else history.slot(slot)
            line.open(11 * number + 1 + 0.3 * slot)
            line.send(line.opened_s + 2 + number, answer=b"ok")
            line.close(line.opened_s + 9.8)
    history.line.open(50)
    history.line.stay()

    assert "server_restarts" not in found(history, end_s=52)


def test_everything_that_ends_together_at_multiples_of_one_step_is_a_clock() -> None:
    history = History("clock", ping=QUIET)
    at_s = 1.0
    for step in (13, 26, 13, 13, 39, 13):
        for slot in range(2):
            line = history.line if not slot else history.slot(slot)
            line.open(at_s + history.dice.uniform(0.2, 6))
            line.close(at_s + step + 0.01 * slot)
        at_s += step
    history.line.open(at_s + 1)
    history.line.stay()

    assert "clocked_endings" in found(history, end_s=at_s + 2)
    assert "server_restarts" not in found(history, end_s=at_s + 2)


def test_restarts_stay_told_while_we_do_not_try_whether_it_is_back() -> None:
    history = History("out of dials", ping=QUIET)
    for number in range(3):
        _restarted(history, 20 + 20 * number, first_s=20 * number + 1)

    assert "server_restarts" in found(history, end_s=150)


def test_restarts_at_any_time_are_told_though_half_of_them_refused_nobody() -> None:
    history = History("half", ping=QUIET)
    opened_s = 1.0
    for end_s, refused in ((20, True), (33, False), (71, True), (80, False)):
        _restarted(history, end_s, slots=2, first_s=opened_s, refused=refused)
        opened_s = end_s + 1.5
    _back(history, opened_s)

    one = finding(history, "server_restarts", end_s=opened_s + 3)
    assert "failed after 2 of them" in one.sentence
    assert one.confidence.value < 0.8


def test_openings_that_failed_after_each_restart_are_said_to_though_another_connection_stayed() -> None:
    history = History("two backends", ping=QUIET)
    stays = history.slot(5)
    stays.open(0.5)
    opened_s = 1.0
    for end_s in (20, 33, 71):
        _restarted(history, end_s, slots=2, first_s=opened_s)
        opened_s = end_s + 1.5
    _back(history, opened_s)
    stays.stay()

    assert "openings failed until it was back" in finding(history, "server_restarts", end_s=opened_s + 3).sentence
