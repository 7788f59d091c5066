import math

import numpy as np
import pytest

from tests.analysis.facts import closed, lagged, missed, opened, probe_lost, probe_started, rtt, view
from wsmonitor.plots.drawing import Drawing, Line, Span
from wsmonitor.plots.round_trip import PLOT as ROUND_TRIP

DAY_S = 86_400


def line(drawing: Drawing, role: str) -> Line:
    (found,) = [one for one in drawing.lines if one.role == role]
    return found


def test_each_kind_is_a_line_in_milliseconds() -> None:
    row = view(opened(0), rtt(1, 10), rtt(1.5, 40, kind="app"), rtt(2, 12))

    drawing = ROUND_TRIP.draw(row, Span(0, 10), 100)

    assert line(drawing, "rtt_ws").x.tolist() == [1.0, 2.0]
    assert line(drawing, "rtt_ws").y.tolist() == [10.0, 12.0]
    assert line(drawing, "rtt_app").y.tolist() == [40.0]


def test_a_line_breaks_at_a_closure() -> None:
    row = view(opened(0), rtt(1, 10), closed(2), opened(3), rtt(4, 20))

    y = line(ROUND_TRIP.draw(row, Span(0, 10), 100), "rtt_ws").y

    assert [y[0], y[2]] == [10.0, 20.0]
    assert math.isnan(y[1])


def test_a_missed_beat_breaks_its_line_and_is_a_bar_from_the_axis() -> None:
    row = view(opened(0), rtt(1, 10), missed(2), rtt(3, 10))

    drawing = ROUND_TRIP.draw(row, Span(0, 10), 100)

    (bars,) = drawing.bars
    assert (bars.role, bars.base, bars.x.tolist()) == ("missed", 0.0, [2.0])
    assert bars.width_s == pytest.approx(0.2)
    assert np.isnan(line(drawing, "rtt_ws").y).tolist() == [False, True, False]


def test_a_single_missed_beat_and_a_single_spike_are_visible_with_a_day_on_screen() -> None:
    beats = [rtt(second, 500 if second == 50_000 else 1) for second in range(0, DAY_S, 4) if second != 20_000]

    drawing = ROUND_TRIP.draw(view(opened(0), *beats, missed(DAY_S - 1)), Span(0, DAY_S), 800)

    assert np.nanmax(line(drawing, "rtt_ws").y) == 500
    assert len(drawing.bars[0].x) == 1
    assert drawing.y_range == (0.0, 1000.0)


def test_a_day_of_closures_breaks_the_line_in_every_bucket_that_saw_one() -> None:
    events = [fact for at in range(0, DAY_S, 600) for fact in (rtt(at, 1), rtt(at + 1, 1), closed(at + 2))]

    y = line(ROUND_TRIP.draw(view(*events), Span(0, DAY_S), 400), "rtt_ws").y

    assert np.isnan(y).sum() >= DAY_S / 600 - 1


def test_at_most_two_points_a_pixel_and_the_breaks_come_out_of_a_day() -> None:
    row = view(opened(0), *(rtt(second, 1) for second in range(0, DAY_S)))

    assert len(line(ROUND_TRIP.draw(row, Span(0, DAY_S), 800), "rtt_ws").x) <= 2 * 800


def test_the_lag_of_our_own_loop_does_not_flatten_the_round_trips() -> None:
    drawing = ROUND_TRIP.draw(view(opened(0), rtt(1, 10), lagged(2, 300)), Span(0, 10), 100)

    assert drawing.y_range == (0.0, 20.0)


def test_the_lag_of_our_own_loop_is_a_line_of_its_own() -> None:
    drawing = ROUND_TRIP.draw(view(opened(0), rtt(1, 10), lagged(2, 3)), Span(0, 10), 100)

    assert line(drawing, "lag").y.tolist() == [3.0]


@pytest.mark.parametrize(("highest", "top"), [(0.2, 1.0), (1.5, 2.0), (10, 20.0), (45, 50.0), (95, 200.0)])
def test_the_scale_is_a_round_number_with_headroom(highest: float, top: float) -> None:
    assert ROUND_TRIP.draw(view(opened(0), rtt(1, highest)), Span(0, 10), 100).y_range == (0.0, top)


def test_what_lies_outside_the_span_does_not_set_the_scale() -> None:
    row = view(opened(0), rtt(1, 900), *(rtt(second, 4) for second in range(2, 30)))

    assert ROUND_TRIP.draw(row, Span(10, 20), 100).y_range == (0.0, 5.0)


def test_a_gap_without_measurement_is_told_and_not_bridged() -> None:
    row = view(opened(0), rtt(1, 10), probe_lost(2), probe_started(6), opened(7), rtt(8, 10))

    drawing = ROUND_TRIP.draw(row, Span(0, 10), 100)

    assert drawing.gaps == (Span(2.0, 6.0),)
    assert np.isnan(line(drawing, "rtt_ws").y).tolist() == [False, True, False]


def test_a_gap_that_lasts_ends_with_the_span() -> None:
    assert ROUND_TRIP.draw(view(probe_lost(2)), Span(0, 10), 100).gaps == (Span(2.0, 10),)


def test_the_summary_says_the_same_in_words() -> None:
    row = view(opened(0), rtt(1, 10), rtt(2, 20), missed(3))

    assert ROUND_TRIP.draw(row, Span(0, 10), 100).summary == (
        "Round trip: WebSocket ping 10 ms to 20 ms, mean 15 ms; 1 missed heartbeat."
    )


def test_nothing_measured_says_so() -> None:
    drawing = ROUND_TRIP.draw(view(), Span(0, 10), 100)

    assert (drawing.lines, drawing.bars, drawing.summary) == ((), (), "Round trip: nothing measured.")
