from tests.corpus.history import QUIET, History
from tests.diagnosis.rules.judging import finding, found


def messages(history: History, number: int, *, pace_s: float, wait_s: float = 0.01, padding: int = 0) -> None:
    """So many messages, then the end."""
    line = history.line
    line.open()
    for step in range(number):
        line.send(line.opened_s + pace_s * (step + 1), b"%d" % step + b"x" * padding, answer=b"ok")
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


def test_two_messages_that_leave_together_leave_open_which_one_was_too_many() -> None:
    line = History("two at a time").line
    for pace_s in (0.9, 1.4, 0.8, 1.1):
        line.open()
        for step in range(2):
            line.send(line.opened_s + pace_s * (step + 1), b"hello %d" % step)
            line.send(line.opened_s + pace_s * (step + 1) + 0.0002, b"status %d" % step)
        line.close(line.now_s + line.round_trip_s + 0.001)

    assert "3 or 4 messages sent" in finding(line.history, "count_limit").sentence


def test_equal_numbers_received_in_lives_that_vary_little_are_a_limit_once_they_are_many() -> None:
    line = History("received", ping=QUIET).line
    for life_s in (8.0, 8.3, 7.8, 8.5, 8.1, 7.9):
        line.open()
        for step in range(41):
            line.receive(line.opened_s + life_s * (step + 1) / 41)
        line.close(line.now_s + 0.001)

    assert "41 messages received" in finding(line.history, "count_limit").sentence


def test_equal_numbers_received_at_one_age_are_the_age_or_the_number() -> None:
    line = History("regular", ping=QUIET).line
    for _ in range(6):
        line.open()
        for step in range(41):
            line.receive(line.opened_s + 0.2 * (step + 1))
        line.close(line.now_s + 0.001)

    assert "count_limit" not in found(line.history)


def test_a_refusal_after_the_same_number_of_messages_that_end_with_one_sort_is_put_down_to_that_sort() -> None:
    line = History("sort", ping=QUIET).line
    for pace_s in (1.0, 2.0, 0.6, 1.7):
        line.open()
        for step, text in enumerate((b"hello", b"list", b"export")):
            line.send(line.opened_s + pace_s * (step + 1), text, answer=b"ok")
        line.close_code(line.now_s + line.round_trip_s + 0.001, 1008)

    one = finding(line.history, "message_triggers_close")
    assert "message number 3 each time" in one.counter_evidence[0].text


def test_a_server_that_falls_silent_before_it_hangs_up_has_a_limit_all_the_same() -> None:
    line = History("falls silent", ping=QUIET).line
    for life_s in (7.0, 8.6, 6.1, 9.4, 7.7):
        line.open()
        for step in range(41):
            line.receive(line.opened_s + life_s * (step + 1) / 41)
        line.close(line.now_s + line.dice.uniform(0, 0.5))

    assert "41 messages received" in finding(line.history, "count_limit").sentence


def test_a_greeting_of_many_messages_is_no_limit() -> None:
    line = History("greeting").line
    for life_s in (7, 18, 41, 30, 12):
        line.open()
        for step in range(12):
            line.receive(line.opened_s + 0.01 * step)
        line.pings(line.opened_s + life_s, 5)
        line.close(line.opened_s + life_s)

    assert "count_limit" not in found(line.history)


def test_a_backlog_that_leaves_at_once_does_not_speak_against_the_limit() -> None:
    history = History("backlog", ping=QUIET)
    line = history.line
    for pace_s in (1.0, 2.0, 0.6, 1.4):
        line.open()
        for step in range(8):
            line.send(line.opened_s + pace_s * (step + 1), b"%d" % step)
        line.close(line.now_s + line.round_trip_s + 0.001)
    for _ in range(5):
        line.open()
        for step in range(11):
            line.send(line.opened_s + 0.0001 * (step + 1), b"%d" % step)
        line.close(line.now_s + line.round_trip_s + 0.001)

    assert "8 messages sent" in finding(history, "count_limit").sentence
    assert "connect_loop" not in found(history)


def test_as_many_of_ours_as_of_theirs_leave_it_open_whose_are_counted() -> None:
    history = History("echo", ping=QUIET)
    for pause_s in (0.3, 0.45, 0.35, 0.5, 0.4, 0.33):
        line = history.line
        line.open()
        for number in range(1, 12):
            line.send(line.opened_s + pause_s * number, b"say", answer=b"ok" if number < 11 else None)
        line.close(line.now_s + 0.4)

    one = finding(history, "count_limit")
    assert one.confidence.value <= 0.6
    assert "volume_limit" in [other.rule for other in one.also_considered if not other.ruled_out]


def test_two_ends_at_once_upon_the_same_message_of_many_are_told_with_half_a_voice() -> None:
    history = History("two", ping=QUIET)
    for pace_s in (1.0, 1.4):
        messages(history, 8, pace_s=pace_s, wait_s=0.001)

    one = finding(history, "count_limit")
    assert one.confidence.value < 0.5


def test_two_ends_a_moment_after_the_same_message_wait_for_a_third() -> None:
    history = History("two and a moment", ping=QUIET)
    for pace_s in (1.0, 1.4):
        messages(history, 8, pace_s=pace_s, wait_s=0.04)

    assert "count_limit" not in found(history)


def test_others_that_ended_upon_a_message_of_nearly_that_number_leave_it_open_what_is_counted() -> None:
    history = History("nearly", ping=QUIET)
    for number, pace_s in ((10, 1.0), (11, 2.0), (11, 0.6), (11, 1.3), (11, 0.9)):
        messages(history, number, pace_s=pace_s, padding=round(20 * pace_s))

    one = finding(history, "count_limit")
    assert [other.rule for other in one.also_considered if not other.ruled_out] == ["volume_limit"]
    assert one.confidence.value < 0.6
