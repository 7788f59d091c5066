"""A quota of bytes, and what only looks like one."""

from tests.corpus.history import QUIET, History
from tests.diagnosis.rules.judging import finding, found


def _spent(history: History, sizes: list[int], *, wait_s: float = 0.021) -> None:
    """Messages of these sizes every two seconds; the end follows the last."""
    line = history.line
    line.open()
    for number, size in enumerate(sizes, start=1):
        line.send(
            line.opened_s + 2 * number,
            b'{"type":"%s"}' % bytes(line.dice.choice(("say", "move")), "ascii") + b"x" * size,
        )
    line.close_code(line.opened_s + 2 * len(sizes) + wait_s, 1008)


def test_equal_sums_of_unequal_numbers_of_messages_are_a_quota_of_bytes() -> None:
    history = History("bytes", ping=QUIET)
    for sizes in ([300, 300, 380], [100] * 9, [480, 480], [200, 200, 200, 200, 150]):
        _spent(history, sizes)

    one = finding(history, "volume_limit")
    assert "quota of bytes" in one.sentence
    assert "count_limit" not in found(history)


def test_where_most_sent_the_same_number_the_bytes_explain_the_others_too() -> None:
    history = History("most", ping=QUIET)
    for sizes in ([90] * 10, [91] * 10, [90] * 10, [110] * 8 + [150], [89] * 10):
        _spent(history, sizes)

    assert found(history) & {"volume_limit", "count_limit"} == {"volume_limit"}


def test_sums_that_differ_are_no_quota() -> None:
    history = History("sums", ping=QUIET)
    for sizes in ([300, 300, 300], [100] * 3, [900, 900], [50, 60]):
        _spent(history, sizes)

    assert "volume_limit" not in found(history)


def test_ends_long_after_the_last_message_are_no_quota() -> None:
    history = History("late", ping=QUIET)
    for wait_s, sizes in ((3.0, [300, 300, 380]), (5.5, [100] * 9), (4.1, [480, 480]), (7.2, [200] * 5)):
        _spent(history, sizes, wait_s=wait_s)

    assert "volume_limit" not in found(history)


def test_a_connection_that_sent_more_speaks_against_it() -> None:
    history = History("more", ping=QUIET)
    for sizes in ([300, 300, 380], [100] * 9, [480, 480]):
        _spent(history, sizes)
    history.line.open()
    for number in range(1, 20):
        history.line.send(history.line.opened_s + number, b"y" * 200)
    history.line.stay()

    assert "volume_limit" not in found(history)


def test_two_ends_at_once_upon_a_message_are_told_with_half_a_voice() -> None:
    history = History("two", ping=QUIET)
    for sizes in ([100] * 9, [200, 200, 200, 200, 50]):
        _spent(history, sizes)

    assert finding(history, "volume_limit").confidence.value < 0.5


def test_connections_in_step_that_a_restart_ends_in_one_moment_are_one_sample() -> None:
    history = History("in step", ping=QUIET, connections=4)
    lines = [history.line, *(history.slot(number) for number in range(1, 4))]
    for line in lines:
        line.open(1.0)
        for number in range(1, 10):
            line.send(1.0 + 2 * number, b'{"type":"%s"}' % (b"say", b"move")[number % 2] + b"x" * 100)
    for line in lines:
        line.close(1.0 + 2 * 9 + 0.021)

    assert not {"volume_limit", "count_limit"} & found(history)


def test_a_server_that_is_gone_after_each_end_has_no_quota() -> None:
    history = History("gone", ping=QUIET)
    for sizes in ([300, 300, 380], [100] * 9, [480, 480], [200, 200, 200, 200, 150]):
        _spent(history, sizes)
        history.line.fail("tcp", "connection refused", at_s=history.line.now_s + 0.4)

    assert not {"volume_limit", "count_limit"} & found(history)
