from typing import Any

import pytest

from tests.facts.builders import verdict
from wsmonitor.tables.close_codes import CloseCode
from wsmonitor.tables.known_codes import OWN_SOURCE, CloseCodes
from wsmonitor.text.wording.closure_words import (
    closure_chip,
    closure_words,
    code_words,
    how,
    own_part,
    reason_words,
    who,
    who_in_full,
)
from wsmonitor.text.wording.code_words import explain_verdict

PEER_CLOSE: dict[str, Any] = {"initiator": "peer", "mechanism": "close_frame"}
OUR_CLOSE: dict[str, Any] = {"initiator": "local", "mechanism": "close_frame"}


@pytest.mark.parametrize(
    ("facts", "words", "chip"),
    [
        ({}, "peer or proxy: FIN without a Close frame", "FIN"),
        ({"mechanism": "rst"}, "peer or proxy: RST without a Close frame", "RST"),
        (PEER_CLOSE | {"received_code": 1012, "received_reason": ""}, "peer: Close 1012 service restart", "1012"),
        (PEER_CLOSE | {"received_code": 1011, "received_reason": "boom"}, "peer: Close 1011 “boom”", "1011"),
        (PEER_CLOSE | {"received_code": 4123, "received_reason": ""}, "peer: Close 4123 private use", "4123"),
        (PEER_CLOSE | {"received_code": 1005, "received_reason": ""}, "peer: Close without a code", "Close"),
        (
            {"initiator": "peer", "mechanism": "protocol_error", "sent_code": 1002},
            "peer: broke the protocol, refused with 1002",
            "1002",
        ),
        (
            {"initiator": "local", "mechanism": "rst", "by": "disruption", "forced": "tcp_reset"},
            "we: TCP reset (forced)",
            "RST",
        ),
        (
            OUR_CLOSE | {"by": "stop", "sent_code": 1000, "sent_reason": "", "received_code": 1000},
            "we: Close 1000 normal closure (stopped)",
            "1000",
        ),
        (
            {"initiator": "local", "mechanism": "timeout", "by": "heartbeat", "sent_code": 4000},
            "we: gave up, heartbeats unanswered",
            "timeout",
        ),
        (
            {"initiator": "os", "mechanism": "timeout"},
            "our kernel: gave up, the peer's host acknowledged nothing",
            "timeout",
        ),
        ({"forced": "stall"}, "peer or proxy: FIN without a Close frame (during forced stall)", "FIN"),
        (
            {"initiator": "unknown", "mechanism": "abort"},
            "unknown side: connection lost, nothing says how",
            "abort",
        ),
    ],
)
def test_an_ending_is_called_what_the_facts_say(facts: dict[str, Any], words: str, chip: str) -> None:
    ending = verdict(**facts)

    assert closure_words(ending) == words
    assert closure_chip(ending) == chip


def test_our_unanswered_close_says_so() -> None:
    assert closure_words(verdict(**OUR_CLOSE, sent_code=1001, sent_reason="bye")) == "we: Close 1001 “bye”, unanswered"


@pytest.mark.parametrize("mechanism", ["fin", "rst", "abort"])
@pytest.mark.parametrize("initiator", ["local", "peer", "os", "unknown"])
def test_1006_is_never_named_where_no_close_came(initiator: str, mechanism: str) -> None:
    ending = verdict(initiator=initiator, mechanism=mechanism)

    assert "1006" not in closure_words(ending) + closure_chip(ending)


def test_a_hostile_reason_is_shown_as_what_it_is() -> None:
    text = closure_words(verdict(**PEER_CLOSE, received_code=4000, received_reason="\x1b[2J\u202eevil\n"))

    assert text == "peer: Close 4000 “␛[2J<U+202E>evil⏎”"


def test_without_a_close_frame_the_peer_cannot_be_told_from_a_proxy() -> None:
    assert who(verdict()) == "peer or proxy"
    assert who(verdict(**PEER_CLOSE, received_code=1012)) == "peer"


def test_cells_say_who_and_why_how_with_what_code_and_our_part() -> None:
    forced = verdict(initiator="local", mechanism="rst", by="disruption", forced="tcp_reset")
    ours = verdict(initiator="local", mechanism="timeout", by="heartbeat", sent_code=4000, sent_reason="heartbeat")

    assert [who_in_full(forced), how(forced), code_words(forced)] == ["we: forced", "RST", "no Close"]
    assert [own_part(forced), own_part(ours)] == ["forced: TCP reset", "our heartbeat gave up"]
    assert [who_in_full(ours), how(ours), code_words(ours)] == ["we: heartbeat", "timeout", "sent 4000"]
    assert code_words(verdict(**PEER_CLOSE, received_code=1005)) == "no code"


def test_a_reason_from_the_peer_shows_its_control_characters() -> None:
    hostile = verdict(**PEER_CLOSE, received_code=4000, received_reason="a\x00b\u202ec<b>")

    assert reason_words(hostile) == "a␀b<U+202E>c<b>"


def test_the_user_s_own_name_of_a_code_stands_beside_the_reason_and_never_renames_our_heartbeat() -> None:
    own = CloseCodes((CloseCode(4000, "token expired", "both", "", "no", OWN_SOURCE),))
    ended = verdict(**PEER_CLOSE, received_code=4000, received_reason="bye")

    assert closure_words(ended, own) == "peer: Close 4000 token expired “bye”"
    assert closure_words(verdict(**PEER_CLOSE, received_code=4000, received_reason=""), own).endswith("token expired")
    gave_up = verdict(initiator="local", mechanism="timeout", by="heartbeat", sent_code=4000, sent_reason="heartbeat")
    assert "token" not in explain_verdict(gave_up, own)
