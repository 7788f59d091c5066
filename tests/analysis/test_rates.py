"""Messages a second: exact in total and in their seconds, also where they came without events of their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.facts import NAME, dropped, message, ns, opened, snapshot, view
from wsmonitor.analysis.series.history import RatesView
from wsmonitor.analysis.series.traffic import Rates
from wsmonitor.facts.events import AnyEvent, SamplesDropped
from wsmonitor.plots.drawing import Span
from wsmonitor.plots.messages import PLOT as MESSAGES


def seconds(rates: RatesView) -> dict[float, int]:
    """Second -> messages."""
    closed = rates.seconds.read(0.0, 100_000.0, 100_000)
    return {**dict(zip(closed.x.tolist(), map(int, closed.total.tolist()), strict=True)), **dict(rates.newest)}


def spread(first_s: float, last_s: float, messages: int) -> dict[float, int]:
    rates = Rates()
    rates.spread(first_s, last_s, messages)
    return seconds(rates.view())


def test_messages_without_events_count_in_the_row_the_summary_and_the_plot() -> None:
    events: list[AnyEvent] = [opened(1), message(5.1), dropped(5.2, 5.8, received=1000, sent=10), message(5.9)]

    drawing = MESSAGES.draw(view(*events), Span(0, 10), 100)

    assert seconds(view(*events).history.received) == {5.0: 1002}
    assert drawing.summary == "Messages: at most 10 sent and 1,002 received in one second."


def test_they_belong_to_the_slot_that_had_them() -> None:
    rows = snapshot(dropped(1, 2, received=5, slot=1), dropped(1, 2, received=7, name="chat")).endpoints

    received = {(row.name, row.slot): sum(seconds(row.history.received).values()) for row in rows}
    assert received == {(NAME, 0): 0, (NAME, 1): 5, ("chat", 0): 7}


def test_a_stretch_gives_each_second_its_share_in_whole_messages() -> None:
    assert spread(0.5, 2.5, 100) == {0.0: 25, 1.0: 50, 2.0: 25}
    assert spread(0.5, 2.5, 3) == {0.0: 1, 1.0: 1, 2.0: 1}
    assert spread(3.0, 3.0, 7) == {3.0: 7}
    assert spread(0.5, 2.5, 0) == {}


def test_word_that_comes_after_later_messages_counts_in_its_own_seconds() -> None:
    rates = view(message(7.1), message(8.1), dropped(6.9, 7.9, received=10), message(9.1), message(20.1))

    assert seconds(rates.history.received) == {6.0: 1, 7.0: 10, 8.0: 1, 9.0: 1, 20.0: 1}


def test_what_is_told_too_late_for_its_second_is_not_lost() -> None:
    rates = view(message(7.1), message(50.1), dropped(7.2, 7.4, received=10))

    assert sum(seconds(rates.history.received).values()) == 12


@pytest.mark.parametrize("last_s", [90_000.0, 1e9])
def test_a_stretch_that_no_session_has_costs_no_more_than_an_hour(last_s: float) -> None:
    rates = Rates()

    rates.spread(-1e9, last_s, 10**9)

    assert rates.total == 10**9


@given(
    st.lists(
        st.tuples(st.floats(0, 60), st.floats(0, 20), st.integers(0, 500)),
        max_size=30,
    )
)
def test_seconds_add_up_to_the_total_in_whatever_order_it_is_told(stretches: list[tuple[float, float, int]]) -> None:
    rates = Rates()
    for first_s, length_s, messages in stretches:
        rates.spread(first_s, first_s + length_s, messages)
        rates.view()

    told = sum(messages for _, _, messages in stretches)
    closed = rates.view().seconds.read(0.0, 1000.0, 100_000)
    assert rates.total == told
    assert int(closed.total.sum()) + sum(count for _, count in rates.view().newest) == told


def test_the_log_says_how_many_messages_it_leaves_out() -> None:
    told = dropped(1, 2, received=1234)
    more = SamplesDropped(at_ns=ns(3), count=1240, unlisted=told.unlisted)

    log = snapshot(told, more, SamplesDropped(at_ns=ns(4), count=2)).log

    assert [row.text for row in log.rows(0, log.end)] == [
        "1,234 messages (123.4 kB) counted but not listed: the reader was too slow",
        "1,234 messages (123.4 kB) counted but not listed, 6 samples dropped: the reader was too slow",
        "2 samples dropped: the reader was too slow",
    ]
