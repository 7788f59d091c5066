from tests.analysis.facts import message, view
from wsmonitor.facts.events import AnyEvent
from wsmonitor.plots.drawing import Bars, Span
from wsmonitor.plots.messages import PLOT as MESSAGES


def bars(*events: AnyEvent, span: Span, pixels: int = 100) -> dict[str, Bars]:
    return {one.role: one for one in MESSAGES.draw(view(*events), span, pixels).bars}


def test_sent_stand_above_the_axis_and_received_hang_below() -> None:
    drawn = bars(
        message(1.1, direction="tx"), message(1.9, direction="tx"), message(1.2), message(3.5), span=Span(0, 10)
    )

    assert (drawn["sent"].x.tolist(), drawn["sent"].y.tolist()) == ([1.5], [2.0])
    assert (drawn["received"].x.tolist(), drawn["received"].y.tolist()) == ([1.5, 3.5], [-1.0, -1.0])


def test_the_second_that_still_runs_is_shown() -> None:
    assert bars(message(9.9), span=Span(0, 10))["received"].x.tolist() == [9.5]


def test_a_burst_of_a_second_is_visible_with_a_day_on_screen() -> None:
    burst = [message(40_000 + number / 1000) for number in range(500)]
    day = [message(at) for at in range(0, 86_400, 8)]

    drawing = MESSAGES.draw(view(*sorted([*day, *burst], key=lambda one: one.at_ns)), Span(0, 86_400), 300)

    assert min(drawing.bars[0].y) <= -500
    assert len(drawing.bars[0].x) <= 300
    assert drawing.y_range == (-700.0, 700.0)


def test_seconds_outside_the_span_are_left_out() -> None:
    drawn = bars(*(message(second + 0.5) for second in range(20)), span=Span(5.5, 8.5))

    assert drawn["received"].x.tolist() == [5.5, 6.5, 7.5, 8.5]


def test_quiet_says_so() -> None:
    drawing = MESSAGES.draw(view(), Span(0, 10), 100)

    assert drawing.bars == ()
    assert drawing.summary == "Messages: at most 0 sent and 0 received in one second."
