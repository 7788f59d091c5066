"""The lanes of many endpoints as one image that moves on."""

import random

import numpy as np
from numpy.typing import NDArray

from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.events import State, StateChanged
from wsmonitor.plots.drawing import Span
from wsmonitor.plots.lanes import LaneCodes, lane_codes, runs_of
from wsmonitor.settings.endpoint_settings import EndpointConfig

STATES = (State.OPEN, State.BACKOFF, State.RESOLVING, State.FAILED)


def fleet(count: int) -> Analyzer:
    """So many endpoints that are open."""
    analyzer = Analyzer(at_ns(0), 0)
    for number in range(count):
        analyzer.add_endpoint(EndpointConfig(name=f"e{number}", url="ws://h/"))
        analyzer.feed([change(number, 0.0, State.OPEN)])
    return analyzer


def change(number: int, at_s: float, new: State) -> StateChanged:
    """One endpoint enters a state."""
    old = State.IDLE if new is State.OPEN else State.OPEN
    return StateChanged(endpoint=f"e{number}", connection=1, at_ns=at_ns(at_s), old=old, new=new)


def test_an_image_that_moved_on_is_the_image_that_is_read_anew() -> None:
    dice, analyzer, lanes = random.Random(5), fleet(6), LaneCodes(lane_codes)
    for step in range(400):
        now_s = 60 + step * 0.25
        if dice.random() < 0.4:
            analyzer.feed([change(dice.randrange(6), now_s - dice.random() * 0.2, dice.choice(STATES))])
        views = analyzer.snapshot(at_ns(now_s)).endpoints
        lanes.show(views, Span(now_s - 60, now_s), now_s, 120)
    fresh = LaneCodes(lane_codes)

    fresh.show(views, Span(now_s - 60, now_s), now_s, 120)

    assert lanes.start_s == fresh.start_s
    assert np.array_equal(lanes.codes, fresh.codes)


def test_lanes_in_another_order_are_not_read_again() -> None:
    reads: list[str] = []

    def counted(view: EndpointView, span: Span, pixels: int) -> NDArray[np.uint8]:
        reads.append(view.name)
        return lane_codes(view, span, pixels)

    lanes, analyzer = LaneCodes(counted), fleet(3)
    analyzer.feed([change(1, 30.0, State.FAILED)])
    views = analyzer.snapshot(at_ns(60)).endpoints
    lanes.show(views, Span(0, 60), 60.0, 60)
    before = lanes.codes.copy()
    reads.clear()

    assert lanes.show(views[::-1], Span(0, 60), 60.0, 60)

    assert reads == []
    assert np.array_equal(lanes.codes, before[::-1])


def test_nothing_new_is_no_reason_to_paint() -> None:
    lanes, views = LaneCodes(lane_codes), fleet(3).snapshot(at_ns(60)).endpoints
    lanes.show(views, Span(0, 64), 60.0, 64)

    assert not lanes.show(views, Span(0, 64), 60.4, 64)
    assert lanes.show(views, Span(0, 64), 61.4, 64)


def test_runs_leave_out_what_is_not_known() -> None:
    assert runs_of(np.array([0, 0, 1, 1, 9, 1], np.uint8)) == [(2, 4, 1), (4, 5, 9), (5, 6, 1)]
    assert runs_of(np.zeros(0, np.uint8)) == []
