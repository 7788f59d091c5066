"""The server's own heartbeat, shown by what it does and not by what it says."""

from collections.abc import Callable

import pytest

from tests.corpus.history import QUIET, History, Line
from tests.diagnosis.rules.judging import finding, found

ASKS = (b"2", b'{"type":"ping"}', b"ping", b'{"op":"heartbeat"}')


def asked(history: History, ask: bytes, *, wait_s: float = 8, answer: bytes = b"", code: int = 1000) -> None:
    """The server asks every 25 s; who does not answer is ended `wait_s` after the question."""
    line = history.line
    line.open()
    beats = line.dice.randrange(1, 4) if answer else 1
    for beat in range(1, beats + 1):
        line.receive(line.opened_s + 25 * beat, ask)
        if answer:
            line.send(line.opened_s + 25 * beat + 0.1, answer)
    end_s = line.opened_s + 25 * beats + wait_s
    line.send(end_s - line.dice.uniform(2, 6), b'{"type":"say"}')
    line.close_code(end_s, code)


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("code", [1000, 1005, 1011, 4123])
def test_an_end_a_fixed_time_after_an_unanswered_question_is_its_keepalive(ask: bytes, code: int) -> None:
    history = History("asks", ping=QUIET)
    for _ in range(3):
        asked(history, ask, code=code)

    one = finding(history, "peer_keepalive_timeout")
    assert ask.decode().replace('"', "") in one.sentence.replace('"', "")
    assert one.confidence.value < 0.8
    assert [other.rule for other in one.also_considered if not other.ruled_out] == ["lifetime_limit"]


def test_a_question_that_is_answered_is_not_to_blame() -> None:
    history = History("answers", ping=QUIET)
    for wait_s in (8, 15, 11, 4, 20):
        asked(history, b'{"type":"ping"}', wait_s=wait_s, answer=b'{"type":"pong"}')

    assert "peer_keepalive_timeout" not in found(history)


def test_questions_after_which_ends_come_at_any_time_are_not_to_blame() -> None:
    history = History("any time", ping=QUIET)
    for wait_s in (2, 19, 9, 14, 5):
        asked(history, b"2", wait_s=wait_s)

    assert "peer_keepalive_timeout" not in found(history)


def _news(line: Line) -> None:
    line.receive(line.opened_s + 20, b'{"type":"news","text":"shopping for a king"}')


def _long(line: Line) -> None:
    line.receive(line.opened_s + 20, b'{"type":"ping"}' + b" " * 200)


@pytest.mark.parametrize("say", [_news, _long])
def test_a_message_that_is_no_heartbeat_is_no_question(say: Callable[[Line], None]) -> None:
    history = History("news", ping=QUIET)
    for _ in range(4):
        history.line.open()
        say(history.line)
        history.line.close_code(history.line.opened_s + 28, 1000)

    assert "peer_keepalive_timeout" not in found(history)


@pytest.mark.parametrize("ask", [b"", b"{}"])
def test_an_empty_message_asks_once_it_comes_again(ask: bytes) -> None:
    again, once = History("again", ping=QUIET), History("once", ping=QUIET)
    for history, beats in ((again, 2), (once, 1)):
        for _ in range(3):
            line = history.line
            line.open()
            for beat in range(1, beats + 1):
                line.receive(line.opened_s + 10 * beat, ask)
            line.close_code(line.opened_s + 10 * beats + 3, 4001)

    assert "peer_keepalive_timeout" in found(again)
    assert "peer_keepalive_timeout" not in found(once)


def test_messages_without_their_payload_are_not_empty_ones() -> None:
    """A recording may keep no payloads, and a flood has few."""
    history = History("payload none", ping=QUIET)
    for _ in range(3):
        history.line.open()
        for beat in range(1, 3):
            history.line.receive(history.line.opened_s + 10 * beat, b"", size=40)
        history.line.close_code(history.line.opened_s + 23, 4001)

    assert "peer_keepalive_timeout" not in found(history)


@pytest.mark.parametrize("answer", [b"", b"{}"])
def test_empty_messages_that_answer_what_we_say_ask_for_nothing(answer: bytes) -> None:
    history = History("echo", ping=QUIET)
    for _ in range(3):
        history.line.open()
        for beat in range(1, 4):
            history.line.send(history.line.opened_s + 10 * beat, b"hello", answer=answer)
        history.line.close_code(history.line.opened_s + 33, 4001)

    assert "peer_keepalive_timeout" not in found(history)


def test_who_bears_many_questions_without_an_answer_wants_none() -> None:
    history = History("bears", ping=QUIET)
    for _ in range(4):
        history.line.open()
        for beat in range(1, 8):
            history.line.receive(history.line.opened_s + 10 * beat, b'{"type":"ping"}')
        history.line.close_code(history.line.opened_s + 73, 1000)

    assert "peer_keepalive_timeout" not in found(history)


def test_questions_and_ends_of_one_age_are_not_told_surely() -> None:
    history = History("by the clock", ping=QUIET)
    for _ in range(9):
        history.line.open()
        history.line.receive(history.line.opened_s + 25, b'{"type":"ping"}')
        history.line.close_code(history.line.opened_s + 33, 1000)

    assert finding(history, "peer_keepalive_timeout").confidence.value < 0.8
