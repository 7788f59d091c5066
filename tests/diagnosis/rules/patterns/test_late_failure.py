"""Messages that end a connection seconds later."""

from tests.corpus.history import QUIET, History
from tests.diagnosis.rules.judging import finding, found


def worked(history: History, *, wait_s: float, export: bool = True, code: int = 1011) -> None:
    """Talk of other sorts, an export somewhere in it, and the end a while after the export."""
    line = history.line
    line.open()
    asks_s = line.opened_s + line.dice.uniform(3, 30)
    at_s = line.opened_s
    while (at_s := at_s + line.dice.uniform(0.4, 1.2)) < asks_s + wait_s:
        line.send(at_s, line.dice.choice((b'{"type":"say"}', b'{"type":"look"}')), answer=b"ok")
    if export:
        line.send(asks_s, b'{"type":"export"}', answer=b"working")
    line.close_code(asks_s + wait_s, code)


def test_an_end_a_fixed_while_after_one_sort_of_message_is_put_down_to_it() -> None:
    history = History("late", ping=QUIET)
    for _ in range(4):
        worked(history, wait_s=2.5)

    one = finding(history, "message_triggers_close")
    assert "export" in one.sentence
    assert "2.5 s later" in one.sentence


def test_jobs_that_are_done_are_no_failing_handler_though_a_few_waits_agree() -> None:
    line = History("done", ping=QUIET).line
    for life_s in (4.6, 2.1, 3.7):
        line.open()
        line.send(line.opened_s + life_s - line.dice.uniform(1.69, 1.78), b'{"type":"move"}', answer=b"ok")
        for wait_s in (1.2, 0.8, 0.3):
            line.send(line.opened_s + life_s - wait_s, line.dice.choice((b'{"type":"say"}', b'{"type":"look"}')))
        line.close_code(line.opened_s + life_s, 1000)

    assert "message_triggers_close" not in found(line.history)


def test_ends_at_any_time_after_such_a_message_are_not() -> None:
    history = History("any", ping=QUIET)
    for wait_s in (1.1, 3.9, 2.2, 5.0, 0.7):
        worked(history, wait_s=wait_s)

    assert "message_triggers_close" not in found(history)


def test_without_such_a_message_there_is_nothing_to_blame() -> None:
    history = History("none", ping=QUIET)
    for _ in range(4):
        worked(history, wait_s=2.5, export=False)

    assert "message_triggers_close" not in found(history)


def test_http_text_in_place_of_a_frame_is_the_failed_handler_of_the_message_before_it() -> None:
    line = History("http", ping=QUIET).line
    for life_s in (7, 12, 9):
        line.open()
        for step in range(life_s):
            line.send(line.opened_s + step + 0.5, b'{"type":"say"}', answer=b"ok")
        line.send(line.opened_s + life_s, b'{"type":"export"}')
        line.close(line.now_s + line.round_trip_s, mechanism="protocol_error", sent_code=1002,
                   sent_reason="HTTP instead of a frame: HTTP/1.1 500 INTERNAL SERVER ERROR")  # fmt: skip

    assert (
        "answers “HTTP/1.1 500 INTERNAL SERVER ERROR” into the WebSocket"
        in finding(line.history, "message_triggers_close").sentence
    )


def test_a_second_such_message_that_left_while_the_first_was_at_work_hides_nothing() -> None:
    line = History("twice", ping=QUIET).line
    for number in range(5):
        line.open()
        asks_s = line.opened_s + line.dice.uniform(3, 12)
        for step in range(1, int(asks_s - line.opened_s)):
            line.send(line.opened_s + step, b'{"type":"say"}', answer=b"ok")
        line.send(asks_s, b'{"type":"export"}')
        if number % 2:
            line.send(asks_s + 1.1 + 0.1 * number, b'{"type":"export"}')
        line.send(asks_s + line.dice.uniform(0.2, 2.4), b'{"type":"look"}', answer=b"ok")
        line.close_code(asks_s + 2.5, 1011)

    assert "2.5 s later" in finding(line.history, "message_triggers_close").sentence
