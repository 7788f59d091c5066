"""A limit on the size of messages that no code names, and what only looks like one."""

from tests.corpus.history import QUIET, History
from tests.diagnosis.rules.judging import finding, found


def _ended_upon(history: History, sizes: list[int], *, sort: bytes = b"", wait_s: float = 0.021) -> None:
    """Messages of these sizes every two seconds; the end follows the last. The last is of this `sort`."""
    line = history.line
    line.open()
    for number, size in enumerate(sizes, start=1):
        kind = sort if sort and number == len(sizes) else line.dice.choice((b"say", b"move"))
        line.send(line.opened_s + 2 * number, b'{"type":"%s"}' % kind + b"x" * size)
    line.close(line.opened_s + 2 * len(sizes) + wait_s)


def test_ends_upon_long_messages_while_short_ones_pass_are_a_limit_on_size() -> None:
    history = History("size", ping=QUIET)
    for sizes in ([100, 300, 1500], [5000], [600, 90, 80, 2100], [200, 1400]):
        _ended_upon(history, sizes)

    one = finding(history, "message_too_big")
    assert "without the code for it" in one.sentence
    assert not {"volume_limit", "count_limit"} & found(history)


def test_messages_that_always_grow_leave_their_number_and_their_sum_possible() -> None:
    history = History("grow", ping=QUIET)
    for _ in range(4):
        _ended_upon(history, [100, 200, 400, 800])

    one = finding(history, "message_too_big")
    assert {other.rule for other in one.also_considered if not other.ruled_out} == {"count_limit", "volume_limit"}
    assert one.confidence.value < 0.6


def test_a_long_message_that_did_no_harm_speaks_against_it() -> None:
    history = History("harmless", ping=QUIET)
    for sizes in ([100, 300, 1500], [5000], [600, 1600, 80, 2100]):
        _ended_upon(history, sizes)

    assert "message_too_big" not in found(history)


def test_long_messages_of_one_sort_are_rather_what_is_not_wanted() -> None:
    history = History("sort", ping=QUIET)
    for sizes in ([100, 300, 1500], [90, 5000], [600, 90, 80, 2100]):
        _ended_upon(history, sizes, sort=b"export")

    assert found(history) & {"message_too_big", "message_triggers_close"} == {"message_triggers_close"}


def test_first_messages_that_are_refused_show_no_size() -> None:
    history = History("first", ping=QUIET)
    for _ in range(5):
        _ended_upon(history, [500])

    assert "message_too_big" not in found(history)


def test_ends_long_after_the_long_message_are_no_answer_to_it() -> None:
    history = History("later", ping=QUIET)
    for sizes in ([100, 300, 1500], [90, 5000], [600, 90, 80, 2100]):
        _ended_upon(history, sizes, wait_s=4)

    assert "message_too_big" not in found(history)
