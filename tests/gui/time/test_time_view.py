"""Which stretch of time the plots show."""

import pytest

from wsmonitor.gui.time.time_view import WINDOWS_S, TimeView
from wsmonitor.plots.drawing import Span


def test_a_young_session_fills_its_window_from_the_left() -> None:
    assert TimeView().span(now_s=12.0, pixels=900) == Span(0.0, 30.0)


def test_the_window_grows_with_the_session_until_the_user_chooses_one() -> None:
    assert TimeView().chosen_window_s(31.0) == 45.0
    assert TimeView().chosen_window_s(4000.0) == 300.0
    assert TimeView().choose(60.0, now_s=4000.0).chosen_window_s(4000.0) == 60.0


def test_a_live_edge_falls_on_whole_pixels_so_that_nothing_shimmers() -> None:
    view = TimeView(window_s=60.0, auto=False)

    first, second = view.span(100.001, 600), view.span(100.099, 600)

    assert first == second
    assert first.end_s >= 100.099


def test_zooming_in_keeps_the_time_under_the_pointer_and_leaves_live() -> None:
    view = TimeView(window_s=60.0, auto=False).zoom(0.5, at_s=110.0, now_s=150.0, pixels=600)

    span = view.span(151.0, 600)
    assert not view.is_live
    assert (110.0 - span.start_s) / (span.end_s - span.start_s) == pytest.approx((110.0 - 90.0) / 60.0)
    assert span.end_s - span.start_s == pytest.approx(30.0)


def test_zooming_at_the_live_edge_stays_live() -> None:
    view = TimeView(window_s=60.0, auto=False).zoom(0.5, at_s=150.0, now_s=150.0, pixels=600)

    assert view.is_live
    assert view.span(150.0, 600).end_s == pytest.approx(150.0, abs=0.1)


def test_scrolling_back_holds_the_view_and_scrolling_to_now_follows_again() -> None:
    back = TimeView(window_s=60.0, auto=False).pan(-30.0, now_s=200.0, pixels=600)

    assert back.span(260.0, 600) == back.span(200.0, 600) == Span(110.0, 170.0)
    assert back.pan(40.0, now_s=200.0, pixels=600).is_live


def test_nothing_lies_before_the_start_of_the_session() -> None:
    view = TimeView(window_s=60.0, auto=False).pan(-1000.0, now_s=200.0, pixels=600)

    assert view.span(200.0, 600) == Span(0.0, 60.0)


def test_a_window_that_nobody_chose_lights_no_button() -> None:
    assert TimeView().lit_window is None
    assert TimeView().choose(60.0, now_s=4000.0).lit_window == 1


@pytest.mark.parametrize("number", range(len(WINDOWS_S)))
def test_a_chosen_window_lights_its_button_as_long_as_so_much_is_shown(number: int) -> None:
    chosen = TimeView().choose(WINDOWS_S[number], now_s=4000.0)

    assert chosen.lit_window == number
    assert chosen.zoom(0.8, at_s=3000.0, now_s=4000.0, pixels=600).lit_window is None


def test_a_stretch_that_is_held_is_not_everything() -> None:
    everything = TimeView().choose(None, now_s=3480.0)

    assert everything.show(Span(1000.0, 1480.0)).lit_window is None
    assert everything.show(Span(1000.0, 1300.0)).lit_window == 2


def test_everything_grows_in_steps_so_that_the_picture_stands_still_between_them() -> None:
    view = TimeView(window_s=None, auto=False)
    ends = [view.span(now_s, 900).end_s for now_s in (86_400.0, 86_401.0, 86_460.0)]

    assert len(set(ends)) == 1
    assert all(now_s <= view.span(now_s, 900).end_s <= now_s * 1.016 for now_s in (31.0, 100.0, 3601.5, 86_400.0))
