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
    assert drawing.outliers[0].y.tolist() == [500.0]
    assert drawing.y_range == (0.0, 3.0)


def test_a_day_of_closures_breaks_the_line_in_every_bucket_that_saw_one() -> None:
    events = [fact for at in range(0, DAY_S, 600) for fact in (rtt(at, 1), rtt(at + 1, 1), closed(at + 2))]

    y = line(ROUND_TRIP.draw(view(*events), Span(0, DAY_S), 400), "rtt_ws").y

    assert np.isnan(y).sum() >= DAY_S / 600 - 1


def test_at_most_two_points_a_pixel_and_the_breaks_come_out_of_a_day() -> None:
    row = view(opened(0), *(rtt(second, 1) for second in range(0, DAY_S)))

    assert len(line(ROUND_TRIP.draw(row, Span(0, DAY_S), 800), "rtt_ws").x) <= 2 * 800


def test_the_lag_of_our_own_loop_does_not_flatten_the_round_trips() -> None:
    drawing = ROUND_TRIP.draw(view(opened(0), rtt(1, 10), lagged(2, 300)), Span(0, 10), 100)

    assert drawing.y_range == (0.0, 15.0)


def test_the_lag_of_our_own_loop_is_no_line_among_round_trips() -> None:
    drawing = ROUND_TRIP.draw(view(opened(0), rtt(1, 10), lagged(2, 3)), Span(0, 10), 100)

    assert [one.role for one in drawing.lines] == ["rtt_ws"]
    assert drawing.strip is not None
    assert drawing.strip.lag_ms.tolist() == [3.0]


def test_the_strip_is_coloured_where_our_own_lag_was_more_than_a_fifth_of_a_round_trip() -> None:
    row = view(opened(0), rtt(1, 10, lag_ns=2_000_000), rtt(2, 10, lag_ns=2_100_000), rtt(3, 100, lag_ns=2_100_000))

    strip = ROUND_TRIP.draw(row, Span(0, 10), 100).strip

    assert strip is not None
    assert strip.x.tolist() == [2.0]


def test_a_lone_round_trip_is_a_dot() -> None:
    drawing = ROUND_TRIP.draw(view(opened(0), rtt(20, 10), closed(21), rtt(41, 12)), Span(0, 60), 800)

    assert [one.x.tolist() for one in drawing.dots] == [[20.0, 41.0]]


def test_a_lone_round_trip_is_a_dot_however_far_one_zooms_out() -> None:
    crowded = [rtt(at / 100, 1) for at in range(1000)]

    drawing = ROUND_TRIP.draw(view(opened(0), *crowded, closed(11), rtt(5000, 7)), Span(0, 10_000), 100)

    assert 7.0 in drawing.dots[0].y.tolist()


def test_samples_are_dots_only_while_each_has_six_pixels() -> None:
    row = view(opened(0), *(rtt(at / 10, 10) for at in range(100)))

    assert len(ROUND_TRIP.draw(row, Span(0, 10), 600).dots[0].x) == 100
    assert ROUND_TRIP.draw(row, Span(0, 10), 599).dots == ()


def test_no_line_is_drawn_over_more_than_two_intervals() -> None:
    row = view(opened(0), rtt(1, 1), rtt(21, 1), rtt(63, 5000))  # every 20 s, by the settings

    y = line(ROUND_TRIP.draw(row, Span(0, 100), 800), "rtt_ws").y

    assert y[[0, 1, 3]].tolist() == [1.0, 1.0, 5000.0]
    assert math.isnan(y[2])


def test_no_line_is_drawn_over_more_than_two_intervals_between_buckets_either() -> None:
    before = [rtt(at / 10, 1) for at in range(1000)]
    after = [rtt(400 + at / 10, 1) for at in range(1000)]

    shown = line(ROUND_TRIP.draw(view(opened(0), *before, *after), Span(0, 600), 100), "rtt_ws")

    broken = shown.x[np.isnan(shown.y)]
    assert ((broken >= 92) & (broken <= 400)).any()


def test_rare_values_far_above_the_others_are_outliers_and_leave_the_scale_alone() -> None:
    usual = [rtt(at, 10) for at in range(1, 31)]

    calm = ROUND_TRIP.draw(view(opened(0), *usual), Span(0, 60), 800)
    spiky = ROUND_TRIP.draw(view(opened(0), *usual, rtt(31, 900)), Span(0, 60), 800)

    assert calm.outliers == ()
    assert (spiky.outliers[0].x.tolist(), spiky.outliers[0].y.tolist()) == ([31.0], [900.0])
    assert calm.y_range == (0.0, 15.0)
    assert spiky.y_range == (0.0, 30.0)


def test_values_that_are_high_more_often_set_the_scale() -> None:
    row = view(opened(0), *(rtt(at, 900 if at % 10 == 0 else 10) for at in range(1, 60)))

    drawing = ROUND_TRIP.draw(row, Span(0, 60), 800)

    assert drawing.outliers == ()
    assert drawing.y_range == (0.0, 1000.0)


def test_without_a_curve_the_scale_fits_those_that_stay() -> None:
    row = view(opened(0), rtt(1, 1), rtt(2, 400, kind="app"))

    drawing = ROUND_TRIP.draw(row, Span(0, 10), 800).without({"app"})

    assert [one.label for one in drawing.lines] == ["ws"]
    assert [one.label for one in drawing.dots] == ["ws"]
    assert drawing.y_range == (0.0, 1.5)


@pytest.mark.parametrize(("highest", "top"), [(0.02, 0.1), (0.2, 0.3), (1.5, 2.0), (10, 15.0), (45, 50.0), (95, 150.0)])
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


def test_a_day_of_short_connections_is_strokes_and_not_thousands_of_dots() -> None:
    events = [fact for at in range(0, DAY_S, 20) for fact in (rtt(at, 1), rtt(at + 5, 9), closed(at + 15))]

    drawing = ROUND_TRIP.draw(view(*events), Span(0, DAY_S), 800)

    assert sum(len(one.x) for one in drawing.dots) < 20
