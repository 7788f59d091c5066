"""Who ended a connection and how: the table of the settled details, row by row, and what decides."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.config import NS
from wsmonitor.events import EndedBy
from wsmonitor.verdict import Ending, EndingFact

TABLE = [
    # first fact, by, initiator, mechanism
    (EndingFact.PEER_CLOSE, None, "peer", "close_frame"),
    (EndingFact.OUR_CLOSE, "stop", "local", "close_frame"),
    (EndingFact.OUR_CLOSE, "policy", "local", "close_frame"),
    (EndingFact.OUR_CLOSE, "disruption", "local", "close_frame"),
    (EndingFact.HEARTBEAT_GAVE_UP, "heartbeat", "local", "timeout"),
    (EndingFact.KERNEL_GAVE_UP, None, "os", "timeout"),
    (EndingFact.PEER_VIOLATED_PROTOCOL, None, "peer", "protocol_error"),
    (EndingFact.PEER_FIN, None, "peer", "fin"),
    (EndingFact.PEER_RST, None, "peer", "rst"),
    (EndingFact.OUR_RESET, "disruption", "local", "rst"),
    (EndingFact.OUR_FIN, "disruption", "local", "fin"),
    (EndingFact.OUR_ABORT, None, "local", "abort"),
    (EndingFact.LOST, None, "unknown", "abort"),
]


@pytest.mark.parametrize(("fact", "by", "initiator", "mechanism"), TABLE)
def test_each_first_fact_has_its_row(fact: EndingFact, by: EndedBy | None, initiator: str, mechanism: str) -> None:
    ending = Ending(0)

    ending.note(fact, NS, by=by)

    verdict = ending.verdict(2 * NS)
    assert (verdict.initiator, verdict.mechanism, verdict.by) == (initiator, mechanism, by)


def test_the_table_knows_every_fact() -> None:
    assert {row[0] for row in TABLE} == set(EndingFact)


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(EndingFact, 2)))
def test_whatever_follows_the_first_fact_changes_neither_who_nor_how_nor_the_life(
    first: EndingFact, second: EndingFact
) -> None:
    ending = Ending(0)
    ending.note(first, NS)

    ending.note(second, 5 * NS, by="stop")

    verdict = ending.verdict(9 * NS)
    assert (verdict.initiator, verdict.mechanism) == first.value
    assert (verdict.by, verdict.life_ns) == (None, NS)


def test_without_any_fact_nobody_is_blamed() -> None:
    verdict = Ending(0).verdict(3 * NS)

    assert (verdict.initiator, verdict.mechanism, verdict.clean, verdict.life_ns) == ("unknown", "abort", False, 3 * NS)


@pytest.mark.parametrize("initiator", [EndingFact.PEER_CLOSE, EndingFact.OUR_CLOSE])
@pytest.mark.parametrize(("received", "sent", "clean"), [(1, 1, True), (1, 0, False), (0, 1, False), (0, 0, False)])
def test_a_closing_handshake_is_clean_if_both_sent_their_close(
    initiator: EndingFact, received: int, sent: int, clean: bool
) -> None:
    ending = Ending(0)
    ending.note(initiator, NS)
    if received:
        ending.close_received(4001, "bye")
    if sent:
        ending.close_sent(4001, "")

    assert ending.verdict(NS).clean is clean


@pytest.mark.parametrize("fact", [fact for fact in EndingFact if fact.mechanism != "close_frame"])
def test_an_end_that_did_not_begin_with_a_close_is_never_clean(fact: EndingFact) -> None:
    ending = Ending(0)
    ending.note(fact, NS)
    ending.close_received(1000, "")
    ending.close_sent(1000, "")

    assert not ending.verdict(NS).clean


def test_codes_and_reasons_are_those_of_the_first_close_in_each_direction() -> None:
    ending = Ending(0)
    ending.close_received(1001, "first")
    ending.close_received(1002, "second")
    ending.close_sent(1000, "ours")
    ending.close_sent(1011, "late")

    verdict = ending.verdict(NS)

    assert (verdict.received_code, verdict.received_reason) == (1001, "first")
    assert (verdict.sent_code, verdict.sent_reason) == (1000, "ours")


def test_silence_is_the_time_without_bytes_before_the_end() -> None:
    ending = Ending(0)
    ending.received(4 * NS)
    ending.sent(7 * NS)

    ending.note(EndingFact.PEER_FIN, 10 * NS)

    verdict = ending.verdict(11 * NS)
    assert (verdict.silence_rx_ns, verdict.silence_tx_ns) == (6 * NS, 3 * NS)


def test_the_bytes_that_brought_the_end_do_not_break_the_silence_before_it() -> None:
    ending = Ending(0)
    ending.received(4 * NS)
    ending.received(10 * NS)

    ending.note(EndingFact.PEER_CLOSE, 10 * NS)

    assert ending.verdict(10 * NS).silence_rx_ns == 6 * NS


def test_bytes_after_the_end_has_begun_change_nothing() -> None:
    ending = Ending(0)
    ending.note(EndingFact.OUR_CLOSE, 5 * NS, by="stop")

    ending.received(6 * NS)
    ending.sent(6 * NS)

    verdict = ending.verdict(7 * NS)
    assert (verdict.silence_rx_ns, verdict.silence_tx_ns, verdict.life_ns) == (5 * NS, 5 * NS, 5 * NS)


def test_a_forced_end_names_the_kind() -> None:
    ending = Ending(0)
    ending.forced = "tcp_reset"

    assert ending.verdict(NS).forced == "tcp_reset"


@given(
    st.lists(
        st.tuples(st.sampled_from([*EndingFact, "rx", "tx", "close_rx", "close_tx"]), st.integers(0, 10**9)),
        max_size=30,
    )
)
def test_any_order_of_facts_gives_a_verdict_of_times_that_are_never_negative(
    facts: list[tuple[EndingFact | str, int]],
) -> None:
    ending, now_ns = Ending(0), 0
    first = None

    for fact, gap_ns in facts:
        now_ns += gap_ns
        match fact:
            case EndingFact():
                first = first or fact
                ending.note(fact, now_ns)
            case "rx":
                ending.received(now_ns)
            case "tx":
                ending.sent(now_ns)
            case "close_rx":
                ending.close_received(1000, "")
            case _:
                ending.close_sent(1000, "")

    verdict = ending.verdict(now_ns)
    assert (verdict.initiator, verdict.mechanism) == (first or EndingFact.LOST).value
    assert 0 <= verdict.life_ns <= now_ns
    assert 0 <= verdict.silence_rx_ns <= verdict.life_ns
    assert 0 <= verdict.silence_tx_ns <= verdict.life_ns
