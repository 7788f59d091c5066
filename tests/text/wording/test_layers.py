"""What is said of an ending at each layer, and that no more is said than was seen."""

from typing import Any

import pytest

from tests.facts.builders import kernel_sample, verdict
from wsmonitor.facts.events import IN_DOUBT_LIMIT, Circumstances
from wsmonitor.facts.own_troubles import OwnTrouble
from wsmonitor.settings.endpoint_settings import NS
from wsmonitor.text.wording.layers import Layers, closure_layers

PEER_CLOSE: dict[str, Any] = {"initiator": "peer", "mechanism": "close_frame", "received_code": 1012}
OUR_CLOSE: dict[str, Any] = {"initiator": "local", "mechanism": "close_frame", "sent_code": 1000, "by": "stop"}
MS = 1_000_000
END_NS = 100 * NS


def around(**changes: Any) -> Circumstances:
    facts: dict[str, Any] = {
        "first_close": None,
        "answer_ns": None,
        "tcp_end": "fin",
        "tcp_end_ns": 0,
        "unsent_bytes": 0,
        "in_doubt": 0,
        "waiting": 0,
        "lag_ns": 0,
        "lag_window_ns": 10 * NS,
    }
    return Circumstances(**(facts | changes))


def layers(facts: dict[str, Any], seen: Circumstances | None = None, **more: Any) -> Layers:
    return closure_layers(verdict(**facts), seen, END_NS, **more)


def test_a_close_of_the_peer_says_the_order_the_answer_and_when_tcp_was_gone() -> None:
    told = layers(
        PEER_CLOSE | {"received_reason": "bye", "sent_code": 1012},
        around(first_close="rx", answer_ns=2 * MS, tcp_end_ns=40 * MS),
    )

    assert told.websocket == "The peer sent Close 1012 service restart “bye”. We answered with the same after 2.0 ms."
    assert told.tcp == "FIN from the peer or a proxy in front of it; it was gone 40 ms after the first Close."
    assert told.process.startswith("Nothing on this side asked for it. No message in doubt or waiting.")


def test_our_close_without_an_answer_says_so_and_how_tcp_was_cut() -> None:
    told = layers(OUR_CLOSE, around(first_close="tx", tcp_end="abort", tcp_end_ns=5 * NS))

    assert told.websocket == "We sent Close 1000 normal closure. The peer did not answer."
    assert told.tcp == "We cut it; it was gone 5.0 s after the first Close."
    assert told.process.startswith("Stopped from here.")


@pytest.mark.parametrize("mechanism", ["fin", "rst"])
def test_behind_an_end_of_tcp_may_be_the_peer_or_a_proxy(mechanism: str) -> None:
    for seen in (around(tcp_end=mechanism), None):
        told = layers({"mechanism": mechanism}, seen)

        assert told.websocket == "No Close frame in either direction."
        assert told.tcp.startswith(f"{mechanism.upper()} from the peer or a proxy in front of it")


def test_what_ended_tcp_unseen_is_not_made_up() -> None:
    told = layers({"initiator": "unknown", "mechanism": "abort"}, around(tcp_end=None))

    assert told.tcp == "What ended it was not seen."
    assert "nothing says who did" in told.process


def test_a_recording_without_circumstances_says_what_is_missing_and_claims_no_order() -> None:
    told = layers({"mechanism": "timeout", "initiator": "local", "received_code": 1000, "sent_code": 4000})

    assert "which came first was not recorded" in told.websocket
    assert told.tcp == "How it ended was not recorded."


def test_a_broken_protocol_says_what_we_refused_it_with() -> None:
    facts = {"initiator": "peer", "mechanism": "protocol_error", "sent_code": 1002, "sent_reason": "bad opcode"}

    told = layers(facts, around(first_close="tx"))

    assert told.websocket == "The peer broke the protocol; we refused with Close 1002 protocol error “bad opcode”."


def test_messages_in_doubt_and_waiting_are_counted_and_a_full_count_is_a_bound() -> None:
    assert (
        "1 message in doubt: written, but nothing proves that the peer read it."
        in layers({}, around(in_doubt=1)).process
    )
    assert "At least 4,096 messages in doubt" in layers({}, around(in_doubt=IN_DOUBT_LIMIT)).process
    assert "3 messages waiting, not written." in layers({}, around(waiting=3)).process


def test_unsent_bytes_are_told_and_what_is_not_known_is_called_so() -> None:
    assert "4.1 kB waited in our write buffer" in layers({}, around(unsent_bytes=4100)).tcp
    assert "not known" in layers({}, around(unsent_bytes=None)).tcp
    assert "buffer" not in layers({}, around(unsent_bytes=0)).tcp


def test_retransmits_are_told_with_the_age_of_the_count() -> None:
    kernel = kernel_sample(END_NS - NS, endpoint="voice", unacked=2, retransmits=1, total_retransmits=7)

    told = layers({}, around(), kernel=kernel)

    assert "By the kernel's count 1.0 s before it was gone: 7 segments retransmitted, 2 not acknowledged." in told.tcp


def test_our_own_lag_sleep_and_stops_before_the_end_are_confessed() -> None:
    own = [
        OwnTrouble("sleep", END_NS - 2 * NS, 61 * NS),
        OwnTrouble("stall", END_NS - 60 * NS, 5 * NS),  # long before
        OwnTrouble("step", END_NS, 5 * NS),  # a clock that is set holds nobody up
    ]

    told = layers({}, around(lag_ns=412 * MS), own=own)

    assert "Our own loop ran up to 412 ms late in the 10.0 s before: part of the silence may be ours." in told.process
    assert "The machine slept for 61.0 s." in told.process
    assert "stopped" not in told.process
    assert "set" not in told.process


def test_lag_of_a_recording_without_circumstances_comes_from_its_samples() -> None:
    told = layers({}, None, own=[OwnTrouble("lag", END_NS - NS, 300 * MS)])

    assert "Our own loop ran up to 300 ms late meanwhile." in told.process


def test_a_forced_end_and_a_condition_that_ran_are_named() -> None:
    forced = {"initiator": "local", "mechanism": "rst", "by": "disruption", "forced": "tcp_reset"}

    assert layers(forced, around(tcp_end="our_rst")).process.startswith("Forced from here: TCP reset.")
    assert "A forced stall was running." in layers({"forced": "stall"}, around()).process
