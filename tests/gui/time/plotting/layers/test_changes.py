"""Where two pictures differ: just there, and never less."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.facts.events import State
from wsmonitor.gui.time.plotting.layers.changes import Picture, changed_spans
from wsmonitor.plots.drawing import Bars, Dots, Drawing, Line, Span, StateSpan, Through


def picture(*points: tuple[float, float], states: tuple[StateSpan, ...] = ()) -> Picture:
    """A curve through these points."""
    x, y = (np.array([point[axis] for point in points], np.float64) for axis in (0, 1))
    return Picture(Drawing(lines=(Line("rtt_ws", "ws", x, y),), states=states), (), Through())


def test_what_only_left_the_picture_is_no_difference() -> None:
    before = picture((1, 5), (2, 6), (3, 7))

    assert changed_spans(before, picture((2, 6), (3, 7)), start_s=2.5) == []


def test_a_new_point_is_one_with_the_line_that_leads_to_it() -> None:
    before = picture((1, 5), (2, 6))

    assert changed_spans(before, picture((1, 5), (2, 6), (3, 7)), start_s=0) == [Span(2, 3)]


def test_a_point_that_moved_takes_the_lines_on_both_sides_with_it() -> None:
    before = picture((1, 5), (2, 6), (3, 7), (4, 7))

    assert changed_spans(before, picture((1, 5), (2, 9), (3, 7), (4, 7)), start_s=0) == [Span(1, 3)]


def test_another_curve_is_another_picture() -> None:
    x = np.array([1.0])

    with_dots = Picture(Drawing(dots=(Dots("rtt_ws", "ws", x, x),)), (), Through())
    with_bars = Picture(Drawing(bars=(Bars("sent", "sent", x, x, 1.0),)), (), Through())
    wider = Picture(Drawing(bars=(Bars("sent", "sent", x, x, 2.0),)), (), Through())

    assert changed_spans(with_dots, with_bars, start_s=0) is None
    assert changed_spans(with_bars, wider, start_s=0) is None


def test_a_stretch_that_the_edge_cuts_is_painted_anew_for_the_text_in_its_middle() -> None:
    open_span = StateSpan(0, 10, State.OPEN, "O open")
    before, after = picture((1, 1), states=(open_span,)), picture((1, 1), states=(open_span,))

    assert changed_spans(before, after, start_s=0) == []
    assert changed_spans(before, after, start_s=2) == [Span(0, 10)]


SERIES = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from([1.0, 2.0, float("nan")])), max_size=40, unique_by=lambda one: one[0]
)


@given(SERIES, SERIES, st.integers(0, 30))
def test_each_point_that_only_one_of_two_pictures_has_lies_in_what_changed(
    was: list[tuple[int, float]], now: list[tuple[int, float]], start: int
) -> None:
    before, after = (picture(*sorted((float(x), y) for x, y in points)) for points in (was, now))

    spans = changed_spans(before, after, float(start))

    assert spans is not None
    old, new = ({x: repr(y) for x, y in points} for points in (was, now))
    differing = {x for x in {*old, *new} if x >= start and old.get(x) != new.get(x)}
    assert [x for x in differing if not any(one.start_s <= x <= one.end_s for one in spans)] == []
