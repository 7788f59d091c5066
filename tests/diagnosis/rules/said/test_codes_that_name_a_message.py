"""1002, 1007 and 1009: each has its rule, whichever side says it."""

import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found

RULES = {1002: "protocol_error", 1007: "bad_utf8", 1009: "message_too_big"}


def said_by_the_peer(code: int, reason: str = "") -> History:
    """A connection that the peer closes after half a minute."""
    history = History("code")
    history.line.open()
    history.line.send(history.line.opened_s + 1, answer=b"ok")
    history.line.close_code(history.line.opened_s + 30, code, reason)
    return history


def refused_by_us(sent_code: int, reason: str) -> History:
    """A connection on which the peer sends what we must not take."""
    history = History("violation")
    history.line.open()
    history.line.close(history.line.opened_s + 3, mechanism="protocol_error", sent_code=sent_code, sent_reason=reason)
    return history


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        (1002, "", "we broke the WebSocket protocol"),
        (1002, "invalid frame", "we broke the WebSocket protocol"),
        (1007, "", "does not fit its type"),
        (1007, "invalid utf-8", "does not fit its type"),
        (1009, "", "refused a message of ours"),
        (1009, "limit 1024", "refused a message of ours"),
    ],
)
def test_the_code_of_the_peer_names_what_was_wrong_with_ours(code: int, reason: str, words: str) -> None:
    history = said_by_the_peer(code, reason)
    one = finding(history, RULES[code])

    assert one.severity == "problem"
    assert words in one.sentence
    assert found(history) == {RULES[code]}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1003, ""),
        (1008, "file too big"),
        (1011, ""),
        (1011, "bad utf-8 in config"),
        (1011, "protocol error in upstream"),
    ],
)
def test_other_codes_and_words_are_taken_for_none_of_them(code: int, reason: str) -> None:
    assert not found(said_by_the_peer(code, reason)) & set(RULES.values())


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        (1002, "incorrect masking", "incorrect masking"),
        (1002, "invalid close code 1006", "1006"),
        (1007, "invalid start byte at position 2", "position 2"),
        (1009, "over size limit", "67.1 MB"),
    ],
)
def test_what_we_had_to_refuse_says_why(code: int, reason: str, words: str) -> None:
    history = refused_by_us(code, reason)

    assert words in finding(history, RULES[code]).sentence
    assert found(history) == {RULES[code]}
