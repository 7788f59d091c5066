"""A server that waits for a first message, and what only looks like one."""

import pytest

from tests.corpus.history import QUIET, History
from tests.diagnosis.rules.judging import finding, found


def _ended(history: History, code: int, reason: str = "", *, times: int = 3, says: bytes = b"") -> None:
    for _ in range(times):
        line = history.line
        line.open()
        if says:
            line.send(line.opened_s + 0.05, says)
        line.close_code(line.opened_s + 10, code, reason)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (4408, "be quicker"),
        (4408, ""),
        (1008, "authentication timeout"),
        (4000, "no login message"),
        (1011, "Connection initialisation timeout"),
    ],
)
def test_one_end_of_a_silent_connection_whose_words_want_a_message_is_enough(code: int, reason: str) -> None:
    history = History("waits", ping=QUIET)
    _ended(history, code, reason, times=1)

    assert (reason or "4408") in finding(history, "first_message_wanted").sentence


def test_who_did_say_something_was_not_ended_for_saying_nothing() -> None:
    history = History("said", ping=QUIET)
    _ended(history, 1008, "authentication failed", says=b'{"type":"login"}')

    assert "first_message_wanted" not in found(history)


def test_equal_ages_without_a_word_prove_no_wait_for_a_message() -> None:
    history = History("no word", ping=QUIET)
    _ended(history, 1000)

    assert "first_message_wanted" not in found(history)


def test_a_silent_connection_that_lives_on_speaks_against_it() -> None:
    history = History("lives", ping=QUIET)
    _ended(history, 1008, "authentication timeout")
    other = history.slot(1)
    other.open(40)
    other.stay()

    assert "first_message_wanted" not in {*found(history, end_s=120)}
