from tests.corpus.history import History, Line
from tests.diagnosis.rules.judging import finding, found, pending
from wsmonitor.diagnosis.findings import Pending


def crash(line: Line, *, after_s: float = 5.0, text: bytes = b'{"type":"export"}') -> None:
    """A connection that lives well until one message."""
    line.open()
    line.send(line.opened_s + 1, b'{"type":"chat"}', answer=b"ok")
    line.send(line.opened_s + after_s, text)
    line.close(line.opened_s + after_s + 0.03)


def test_the_same_sort_of_message_before_two_endings_ends_the_connection() -> None:
    history = History("crash")
    crash(history.line, after_s=3, text=b'{"type":"export","id":1}')
    crash(history.line, after_s=9, text=b'{"type":"export","id":2}')

    one = finding(history, "message_triggers_close")
    assert "export" in one.sentence
    assert "30 ms after our message" in one.evidence[0].text


def test_once_is_not_enough() -> None:
    history = History("once")
    crash(history.line)

    assert pending(history, "message_triggers_close") == Pending(have=1, need=2)


def test_a_message_that_mostly_does_no_harm_is_not_blamed() -> None:
    history = History("harmless")
    for number in range(4):
        history.line.open()
        for step in range(6 + number):
            history.line.send(history.line.opened_s + 1.3 * step + 1, b'{"type":"tick"}', answer=b"ok")
        history.line.close(history.line.now_s + 0.01)

    assert "message_triggers_close" not in found(history)


def test_an_ending_long_after_the_message_is_no_answer_to_it() -> None:
    history = History("late")
    for life_s in (9, 17, 31):
        history.line.open()
        history.line.send(history.line.opened_s + 2, b'{"type":"export"}')
        history.line.close(history.line.opened_s + life_s)

    assert "message_triggers_close" not in found(history)


def test_a_message_sent_at_the_very_open_is_no_proof() -> None:
    history = History("open")
    for _ in range(3):
        history.line.open()
        history.line.send(history.line.opened_s + 0.001, b'{"type":"hello"}')
        history.line.close(history.line.opened_s + 0.02)

    assert found(history) == {"early_close"}


def batch(line: Line, *texts: bytes, at_s: float = 8.0) -> None:
    """Messages that leave together; the last one is answered by the end."""
    line.open()
    for number, text in enumerate(texts):
        line.send(line.opened_s + at_s + 0.0001 * number, text)
    line.close(line.now_s + line.round_trip_s + 0.001)


def test_a_fatal_message_at_the_end_of_a_batch_is_not_called_a_limit_on_messages() -> None:
    history = History("batch")
    for at_s in (8, 7.6, 7.8, 7.9):
        batch(history.line, b"hello", b"good morning", b"oops", at_s=at_s)

    one = finding(history, "message_triggers_close")
    assert "oops" in one.sentence
    assert "message number 3 each time" in one.counter_evidence[0].text
    assert found(history) == {"message_triggers_close"}


def test_a_fatal_message_keeps_its_claim_when_it_is_sent_again_at_each_open() -> None:
    history = History("again")
    batch(history.line, b"hello", b"oops")
    batch(history.line, b"hello", b"oops")
    for _ in range(25):
        batch(history.line, b"hello", b"oops", at_s=0.001)

    assert found(history) - {"reconnect_storm"} == {"message_triggers_close"}


def test_a_handler_that_takes_a_while_to_fail_is_found_among_other_messages() -> None:
    history = History("slow")
    for number in range(4):
        line = history.line
        line.open()
        for step in range(10 + 3 * number):
            line.send(line.opened_s + 0.9 * step + 0.5, b'{"type":"say"}', answer=b"ok")
        at_s = line.now_s + 1
        line.send(at_s, b'{"type":"export"}')
        line.send(at_s + 0.1, b'{"type":"say"}')
        line.close(at_s + 0.24)

    assert "export" in finding(history, "message_triggers_close").sentence


def test_rare_messages_near_the_ends_of_short_lives_may_be_there_by_chance() -> None:
    history = History("chance")
    for number in range(3):
        line = history.line
        line.open()
        line.send(line.opened_s + 0.3, b"status %d" % number)
        line.close(line.opened_s + 0.3 + 0.06 * (number + 1))

    assert "message_triggers_close" not in found(history)


def test_of_messages_that_leave_together_the_last_one_is_named() -> None:
    history = History("together")
    for at_s in (8, 7.5, 7.7):
        history.line.round_trip_s = 0.0005
        batch(history.line, b"fine", b"also fine", b"bad thing", at_s=at_s)

    assert "bad thing" in finding(history, "message_triggers_close").sentence


def test_a_client_that_says_only_one_thing_leaves_it_in_doubt() -> None:
    history = History("only")
    for at_s in (8, 17, 12):
        history.line.open()
        history.line.send(history.line.opened_s + at_s, b"status")
        history.line.close(history.line.now_s + history.line.round_trip_s)

    assert finding(history, "message_triggers_close").confidence.value < 0.5
