import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.analysis.series.states import CALM_TO_ALARMING, Runs, States, StatesView
from wsmonitor.facts.events import State

DAY_S = 86_400.0
CHANGES = st.lists(
    st.tuples(st.floats(0, 5000), st.sampled_from(list(State))), min_size=1, max_size=200, unique_by=lambda one: one[0]
).map(lambda changes: sorted(changes, key=lambda one: one[0]))


def states(*changes: tuple[float, State | None]) -> StatesView:
    made = States()
    for at_s, state in changes:
        made.change(at_s, state)
    return made.view()


def flapping(*, every_s: float, down_s: float, until_s: float) -> StatesView:
    made = States()
    for at_s in np.arange(0.0, until_s, every_s).tolist():
        made.change(at_s, State.OPEN)
        made.change(at_s + every_s - down_s, State.BACKOFF)
    return made.view()


def named(runs: Runs) -> list[tuple[float, float, State | None]]:
    return [
        (start, end, CALM_TO_ALARMING[code])
        for start, end, code in zip(runs.start.tolist(), runs.end.tolist(), runs.code.tolist(), strict=True)
    ]


def test_states_come_as_they_were_and_the_last_one_holds_to_the_end() -> None:
    view = states((0.0, State.CONNECTING), (10.0, State.OPEN), (50.0, State.BACKOFF))

    assert named(view.read(5.0, 60.0, 100)) == [
        (0.0, 10.0, State.CONNECTING),
        (10.0, 50.0, State.OPEN),
        (50.0, 60.0, State.BACKOFF),
    ]


def test_equal_neighbours_are_one_stretch() -> None:
    view = states((0.0, State.OPEN), (1.0, State.OPEN), (2.0, State.OPEN))

    assert named(view.read(0.0, 10.0, 100)) == [(0.0, 10.0, State.OPEN)]


def test_a_stretch_of_which_nothing_is_known_is_left_out() -> None:
    view = states((0.0, State.OPEN), (10.0, None), (20.0, State.OPEN))

    assert named(view.read(0.0, 30.0, 100)) == [(0.0, 10.0, State.OPEN), (20.0, 30.0, State.OPEN)]


def test_an_outage_of_a_second_is_a_pixel_wide_with_a_day_on_screen() -> None:
    view = states(
        (0.0, State.OPEN), (40_000.0, State.CLOSING), (40_000.1, State.BACKOFF), (40_000.9, State.CONNECTING),
        (41_000.0, State.OPEN), (80_000.0, State.CLOSING), (80_000.2, State.BACKOFF), (80_001.0, State.OPEN),
    )  # fmt: skip

    runs = view.read(0.0, DAY_S, 864)

    outages = [run for run in named(runs) if run[2] is State.BACKOFF]
    assert [round(end - start) for start, end, _ in outages] == [100, 100]


def test_a_day_of_frequent_drops_stays_mostly_open_and_shows_a_drop_in_every_place() -> None:
    runs = flapping(every_s=30.0, down_s=1.0, until_s=DAY_S).read(0.0, DAY_S, 600)

    open_s = sum(end - start for start, end, state in named(runs) if state is State.OPEN)
    assert 0.6 * DAY_S < open_s < 0.9 * DAY_S
    assert sum(state is State.BACKOFF for _, _, state in named(runs)) >= 80
    assert runs.held_s[CALM_TO_ALARMING.index(State.OPEN)] == pytest.approx(DAY_S * 29 / 30, rel=0.01)


def test_the_cost_of_a_span_is_bounded_by_its_pixels() -> None:
    view = flapping(every_s=2.0, down_s=0.5, until_s=DAY_S)

    for length_s in (300.0, 3600.0, DAY_S):
        assert len(view.read(DAY_S - length_s, DAY_S, 500).code) <= 500


@given(CHANGES, st.floats(0, 4000), st.floats(10, 5000), st.integers(8, 300))
def test_stretches_are_in_order_without_overlap_and_within_the_end(
    changes: list[tuple[float, State]], start_s: float, length_s: float, pixels: int
) -> None:
    end_s = start_s + length_s

    runs = states(*changes).read(start_s, end_s, pixels)

    assert np.all(runs.end > runs.start)
    assert np.all(runs.start[1:] >= runs.end[:-1])
    assert np.all(runs.end <= end_s)
    assert np.all(runs.code[1:] != runs.code[:-1]) or np.any(runs.start[1:] > runs.end[:-1])


@given(CHANGES, st.integers(8, 300))
def test_the_held_times_add_up_to_what_was_true(changes: list[tuple[float, State]], pixels: int) -> None:
    first_s = changes[0][0]
    truth = dict.fromkeys(State, 0.0)
    for (at_s, state), following in zip(changes, [*changes[1:], (6000.0, State.IDLE)], strict=True):
        truth[state] += following[0] - at_s

    held_s = states(*changes).read(0.0, 6000.0, pixels).held_s

    assert held_s[1:].sum() == pytest.approx(6000.0 - first_s, abs=0.05)
    for state, seconds in truth.items():
        assert held_s[CALM_TO_ALARMING.index(state)] == pytest.approx(seconds, abs=0.05)


@given(CHANGES, st.integers(40, 300))
def test_an_alarming_state_is_never_lost(changes: list[tuple[float, State]], pixels: int) -> None:
    view = states(*changes, (5500.0, State.FAILED), (5500.001, State.OPEN))

    assert State.FAILED in {state for _, _, state in named(view.read(0.0, 6000.0, pixels))}


def test_the_state_at_a_time_and_its_beginning_are_found() -> None:
    view = states((1.0, State.CONNECTING), (2.0, State.OPEN))

    assert (view.at(0.5), view.at(1.5), view.at(99.0)) == (None, State.CONNECTING, State.OPEN)
    assert view.since(99.0) == 2.0


def test_a_view_does_not_change_while_time_goes_on() -> None:
    made = States()
    made.change(0.0, State.OPEN)
    view = made.view()

    for second in range(1, 20_000):
        made.change(float(second), State.BACKOFF if second % 2 else State.OPEN)

    assert named(view.read(0.0, 100.0, 100)) == [(0.0, 100.0, State.OPEN)]


def painted(stretches: list[tuple[float, float, int]], start_s: float, pixel_s: float) -> list[int]:
    """The code of each pixel; what is later is painted over what is before."""
    row = [0] * 100
    for first_s, stop_s, code in stretches:
        for pixel in range(max(0, int((first_s - start_s) // pixel_s)), math.ceil((stop_s - start_s) / pixel_s)):
            row[pixel] = code
    return row


@given(CHANGES, st.integers(0, 4000), st.sampled_from([50, 1000, 5000]))
def test_few_transitions_read_without_arrays_paint_the_same(
    changes: list[tuple[float, State]], start_s: int, width_s: int
) -> None:
    view, end_s = states(*changes[:12]), start_s + width_s
    runs = view.read(start_s, end_s, 100)
    expected = list(zip(runs.start.tolist(), runs.end.tolist(), runs.code.tolist(), strict=True))

    found = view.stretches(start_s, end_s, 100)

    assert painted(found, start_s, width_s / 100) == painted(expected, start_s, width_s / 100)
