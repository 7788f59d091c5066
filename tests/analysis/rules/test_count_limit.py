from tests.analysis.rules.judging import finding, found
from tests.corpus.history import QUIET, History


def messages(history: History, number: int, *, pace_s: float, wait_s: float = 0.01) -> None:
    """So many messages, then the end."""
    line = history.line
    line.open()
    for step in range(number):
        line.send(line.opened_s + pace_s * (step + 1), b"%d" % step, answer=b"ok")
    line.close(line.opened_s + pace_s * number + line.round_trip_s + wait_s)


def test_endings_right_after_the_same_number_of_messages_are_a_count_limit() -> None:
    history = History("count", ping=QUIET)
    for pace_s in (1.0, 2.0, 0.6):
        messages(history, 8, pace_s=pace_s)

    one = finding(history, "count_limit")
    assert "8 messages sent" in one.sentence
    assert one.severity == "warning"


def test_equal_counts_that_end_long_after_the_last_message_are_the_clients_habit() -> None:
    history = History("habit")
    for wait_s in (20, 90, 41):
        messages(history, 8, pace_s=0.1, wait_s=wait_s)

    assert "count_limit" not in found(history)


def test_different_counts_are_no_limit() -> None:
    history = History("different", ping=QUIET)
    for number in (8, 9, 13):
        messages(history, number, pace_s=1)

    assert "count_limit" not in found(history)


def test_more_messages_at_another_time_contradict_it() -> None:
    history = History("more", ping=QUIET)
    for number, pace_s in ((8, 1.0), (8, 2.0), (20, 1.0), (8, 0.6)):
        messages(history, number, pace_s=pace_s)

    assert "count_limit" not in found(history)
