"""Who ended a connection and how: the table of the settled details, row by row, and what decides."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.facts.builders import verdict
from wsmonitor.facts.events import Circumstances, EndedBy
from wsmonitor.facts.verdict import LAG_WINDOW_NS, Ending, EndingFact
from wsmonitor.settings.endpoint_settings import NS

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
        ending.close_received(4001, "bye", NS)
    if sent:
        ending.close_sent(4001, "", NS)

    assert ending.verdict(NS).clean is clean


@pytest.mark.parametrize("fact", [fact for fact in EndingFact if fact.mechanism != "close_frame"])
def test_an_end_that_did_not_begin_with_a_close_is_never_clean(fact: EndingFact) -> None:
    ending = Ending(0)
    ending.note(fact, NS)
    ending.close_received(1000, "", NS)
    ending.close_sent(1000, "", NS)

    assert not ending.verdict(NS).clean


def test_codes_and_reasons_are_those_of_the_first_close_in_each_direction() -> None:
    ending = Ending(0)
    ending.close_received(1001, "first", NS)
    ending.close_received(1002, "second", NS)
    ending.close_sent(1000, "ours", NS)
    ending.close_sent(1011, "late", NS)

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


def circumstances(ending: Ending, at_ns: int) -> Circumstances:
    ending.verdict(at_ns)
    return ending.circumstances(at_ns, unsent_bytes=None, in_doubt=0, waiting=0, lag_ns=0)


def test_the_closing_handshake_is_timed_from_the_first_close_to_the_answer_and_to_the_end_of_tcp() -> None:
    ending = Ending(0)
    ending.close_received(1001, "", 10 * NS)
    ending.note(EndingFact.PEER_CLOSE, 10 * NS)
    ending.close_sent(1001, "", 11 * NS)
    ending.note(EndingFact.PEER_FIN, 14 * NS)

    around = circumstances(ending, 15 * NS)

    assert (around.first_close, around.answer_ns) == ("rx", NS)
    assert (around.tcp_end, around.tcp_end_ns) == ("fin", 5 * NS)


def test_a_close_without_an_answer_has_no_time_of_an_answer() -> None:
    ending = Ending(0)
    ending.note(EndingFact.OUR_CLOSE, NS)
    ending.close_sent(1000, "", NS)
    ending.note(EndingFact.OUR_ABORT, 6 * NS)

    around = circumstances(ending, 6 * NS)

    assert (around.first_close, around.answer_ns, around.tcp_end) == ("tx", None, "abort")


def test_without_a_close_no_side_was_first_and_where_nothing_ended_tcp_nothing_is_claimed() -> None:
    around = circumstances(Ending(0), NS)

    assert (around.first_close, around.answer_ns, around.tcp_end) == (None, None, None)


def test_what_ended_tcp_first_stays_whatever_comes_after() -> None:
    ending = Ending(0)
    ending.note(EndingFact.PEER_CLOSE, NS)
    ending.note(EndingFact.PEER_FIN, 2 * NS)
    ending.note(EndingFact.PEER_RST, 3 * NS)

    assert circumstances(ending, 3 * NS).tcp_end == "fin"


def test_our_own_lag_counts_from_ten_seconds_before_the_end_but_not_from_before_the_opening() -> None:
    short, long = Ending(0), Ending(0)
    short.note(EndingFact.PEER_FIN, 3 * NS)
    long.note(EndingFact.PEER_FIN, 60 * NS)

    assert (short.lag_since_ns(), long.lag_since_ns()) == (0, 50 * NS)


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
                ending.close_received(1000, "", now_ns)
            case _:
                ending.close_sent(1000, "", now_ns)

    verdict = ending.verdict(now_ns)
    assert (verdict.initiator, verdict.mechanism) == (first or EndingFact.LOST).value
    assert 0 <= verdict.life_ns <= now_ns
    assert 0 <= verdict.silence_rx_ns <= verdict.life_ns
    assert 0 <= verdict.silence_tx_ns <= verdict.life_ns
    around = circumstances(ending, now_ns)
    assert 0 <= around.tcp_end_ns == now_ns - verdict.life_ns
    assert around.answer_ns is None or 0 <= around.answer_ns <= now_ns
    assert 0 <= around.lag_window_ns <= min(verdict.life_ns, LAG_WINDOW_NS)


def test_a_verdict_says_everything_and_what_nobody_said_is_none() -> None:
    ending = Ending(5 * NS)

    assert ending.verdict(8 * NS) == verdict(
        initiator="unknown", mechanism="abort", life_ns=3 * NS, silence_rx_ns=3 * NS, silence_tx_ns=3 * NS
    )


def test_the_circumstances_are_times_from_the_end_and_what_was_counted() -> None:
    ending = Ending(5 * NS)
    ending.close_received(1001, "bye", 30 * NS)
    ending.note(EndingFact.PEER_CLOSE, 30 * NS)
    ending.close_sent(1001, "", 31 * NS)
    ending.note(EndingFact.PEER_FIN, 33 * NS)
    ending.verdict(34 * NS)

    around = ending.circumstances(34 * NS, unsent_bytes=7, in_doubt=1, waiting=2, lag_ns=3)

    assert ending.lag_since_ns() == 30 * NS - LAG_WINDOW_NS
    assert around == Circumstances(
        first_close="rx",
        answer_ns=NS,
        tcp_end="fin",
        tcp_end_ns=4 * NS,
        unsent_bytes=7,
        in_doubt=1,
        waiting=2,
        lag_ns=3,
        lag_window_ns=LAG_WINDOW_NS,
    )


def test_of_a_short_life_our_lag_counts_from_its_beginning_and_nothing_was_answered() -> None:
    ending = Ending(5 * NS)
    ending.verdict(6 * NS)

    around = ending.circumstances(6 * NS, unsent_bytes=None, in_doubt=0, waiting=0, lag_ns=0)

    assert ending.lag_since_ns() == 5 * NS
    assert (around.first_close, around.answer_ns, around.tcp_end) == (None, None, None)
    assert (around.tcp_end_ns, around.lag_window_ns) == (0, NS)


def test_of_a_tapped_connection_the_verdict_says_so() -> None:
    assert Ending(0, is_tapped=True).verdict(NS).tapped
    assert not Ending(0).verdict(NS).tapped
