from tests.analysis.facts import opened, probe_lost, probe_started, state, view
from wsmonitor.analysis.series.states import CALM_TO_ALARMING
from wsmonitor.facts.events import State
from wsmonitor.plots.drawing import Span
from wsmonitor.plots.lanes import lane, lane_codes
from wsmonitor.plots.state import PLOT as STATE

DROPPED = (opened(0), state(60, State.BACKOFF, old=State.OPEN), opened(80))


def test_the_band_has_a_stretch_for_each_state_with_its_letter_and_length() -> None:
    drawing = STATE.draw(view(*DROPPED), Span(0, 100), 500)

    assert [(one.start_s, one.end_s, one.state, one.text) for one in drawing.states] == [
        (0, 60, State.OPEN, "O open 60.0 s"),
        (60, 80, State.BACKOFF, "B backoff 20.0 s"),
        (80, 100, State.OPEN, "O open 20.0 s"),
    ]


def test_a_stretch_without_room_has_its_letter_only() -> None:
    drawing = STATE.draw(view(*DROPPED), Span(0, 3000), 500)

    assert [one.text for one in drawing.states] == ["O", "B", "O open 48 min 40 s"]


def test_the_shares_of_time_are_said_in_words() -> None:
    assert STATE.draw(view(*DROPPED), Span(0, 100), 500).summary == "State: open 80%, backoff 20%."


def test_a_share_is_never_rounded_to_always_or_never() -> None:
    summary = STATE.draw(view(opened(0), state(999, State.BACKOFF, old=State.OPEN)), Span(0, 1000), 500).summary

    assert summary == "State: open over 99%, backoff under 1%."


def test_while_the_probe_was_gone_no_state_is_claimed() -> None:
    drawing = STATE.draw(view(opened(0), probe_lost(10), probe_started(20), opened(30)), Span(0, 40), 400)

    assert [(one.start_s, one.end_s) for one in drawing.states] == [(0, 10), (30, 40)]
    assert drawing.gaps == (Span(10, 20),)


def test_nothing_known_says_so() -> None:
    assert STATE.draw(view(), Span(0, 10), 100).summary == "State: nothing known."


def test_a_lane_is_the_band_at_the_cost_of_its_pixels() -> None:
    assert [one.state for one in lane(view(*DROPPED), Span(0, 100), 50)] == [State.OPEN, State.BACKOFF, State.OPEN]


def test_a_lane_as_an_image_has_a_code_for_each_pixel() -> None:
    codes = lane_codes(view(opened(2), *DROPPED[1:]), Span(0, 100), 50)

    assert [CALM_TO_ALARMING[code] for code in (codes[0], codes[1], codes[29], codes[30], codes[39], codes[49])] == [
        None,
        State.OPEN,
        State.OPEN,
        State.BACKOFF,
        State.BACKOFF,
        State.OPEN,
    ]


def test_a_stretch_says_how_long_the_state_held_not_how_much_of_it_is_in_sight() -> None:
    drawing = STATE.draw(view(*DROPPED), Span(30, 70), 400)

    assert [one.text for one in drawing.states] == ["O open 60.0 s", "B backoff 20.0 s"]


def test_a_short_outage_that_is_drawn_wider_takes_nothing_from_its_neighbour() -> None:
    flapping = (opened(0), state(75.4, State.BACKOFF, old=State.OPEN), opened(75.41), state(150.8, State.BACKOFF))

    drawing = STATE.draw(view(*flapping), Span(0, 200), 100)

    assert [one.text for one in drawing.states if one.state is State.OPEN] == ["O open 75.4 s"] * 2
