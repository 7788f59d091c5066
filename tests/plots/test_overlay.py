"""Several connections in one picture."""

from tests.analysis.facts import missed, opened, rtt, view
from tests.plots.test_forced import disruption
from wsmonitor.plots.drawing import Span
from wsmonitor.plots.forced import forced_stretches
from wsmonitor.plots.overlay import drawn
from wsmonitor.plots.round_trip import PLOT as ROUND_TRIP
from wsmonitor.plots.state import PLOT as STATE

SPAN = Span(0, 10)


def test_each_connection_has_one_curve_in_a_colour_of_its_own_on_a_scale_for_all() -> None:
    quick = view(opened(0), rtt(1, 1), rtt(2, 1), rtt(2, 5, kind="tcp"))
    slow = view(opened(0), rtt(1, 80), rtt(2, 80))

    drawing = drawn(ROUND_TRIP, [quick, slow], ["quick", "slow"], SPAN, 1000)

    assert [(line.label, line.series, line.y.tolist()) for line in drawing.lines] == [
        ("quick", 0, [1.0, 1.0]),
        ("slow", 1, [80.0, 80.0]),
    ]
    assert {one.label for one in drawing.dots} == {"quick", "slow"}
    assert drawing.y_range[1] >= 80
    assert "quick: Round trip" in drawing.summary


def test_a_connection_alone_keeps_all_its_curves() -> None:
    row = view(opened(0), rtt(1, 1), rtt(2, 5, kind="tcp"))

    assert [line.label for line in drawn(ROUND_TRIP, [row], ["a"], SPAN, 1000).lines] == ["ws", "kernel tcp"]


def test_what_any_of_them_missed_is_a_bar() -> None:
    rows = [view(opened(0), rtt(1, 1), missed(3)), view(opened(0), rtt(1, 1), missed(5))]

    [bars] = drawn(ROUND_TRIP, rows, ["a", "b"], SPAN, 1000).bars

    assert bars.x.tolist() == [3.0, 5.0]


def test_bands_stand_below_each_other_under_their_names() -> None:
    drawing = drawn(STATE, [view(opened(0)), view(opened(4))], ["a", "b"], SPAN, 1000)

    assert drawing.lanes == ("a", "b")
    assert [(one.lane, one.start_s) for one in drawing.states] == [(0, 0.0), (1, 4.0)]


def test_one_condition_on_several_connections_is_one_shade() -> None:
    rows = [
        view(opened(0), disruption(2, "started"), disruption(7, "ended")),
        view(opened(0), disruption(2.1, "started"), disruption(8, "ended")),
        view(opened(0), disruption(9, "started")),
    ]

    assert [(one.start_s, one.end_s) for one in forced_stretches(rows, SPAN)] == [(2.0, 8.0), (9.0, 10)]


def test_how_late_your_own_client_answers_is_a_curve() -> None:
    [line] = ROUND_TRIP.draw(view(opened(0), rtt(1, 1, kind="client")), SPAN, 100).lines

    assert (line.role, line.label) == ("rtt_client", "your client")
