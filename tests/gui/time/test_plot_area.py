"""When the plots are painted: at once for another endpoint, and not for what nobody could tell apart."""

from collections.abc import Sequence

import pytest

from tests.gui.conftest import stack_of
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.facts.events import Note, RttSample, State, StateChanged
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.time.plot_area import PlotArea
from wsmonitor.plots.drawing import Span
from wsmonitor.settings.endpoint_settings import EndpointConfig


@pytest.fixture
def painted(monitoring: WholeWindow, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The endpoints that were painted, in order."""
    stack, names = monitoring.monitor.plots.stack, list[str]()
    assert stack is not None

    def note(snapshot: Snapshot, views: Sequence[EndpointView], span: Span) -> None:
        names.extend(view.name for view in views)

    monkeypatch.setattr(stack, "show_endpoints", note)
    return names


def test_an_endpoint_that_comes_after_it_was_chosen_is_painted_at_once(
    monitoring: WholeWindow, analyzer: Analyzer, painted: list[str]
) -> None:
    plots = monitoring.monitor.plots
    plots.show_snapshot(analyzer.snapshot(at_ns(120.01)))
    plots.choose_endpoints((("new", 0),))
    analyzer.add_endpoint(EndpointConfig(name="new", url="ws://h"))
    painted.clear()

    plots.show_snapshot(analyzer.snapshot(at_ns(120.0101)))

    assert painted == ["new"]


def test_a_moment_that_nobody_could_tell_from_the_last_is_not_painted(
    monitoring: WholeWindow, analyzer: Analyzer, painted: list[str]
) -> None:
    plots = monitoring.monitor.plots

    for second in (120.01, 120.0101, 120.0102):
        plots.show_snapshot(analyzer.snapshot(at_ns(second)))

    assert len(painted) == 1


@pytest.fixture
def wide(monitoring: WholeWindow, analyzer: Analyzer, painted: list[str]) -> tuple[PlotArea, str]:
    """The plots over hours, just painted, and the endpoint that they show."""
    plots = monitoring.monitor.plots
    plots.show_stretch(at_ns(0), at_ns(20_000))
    plots.show_snapshot(analyzer.snapshot(at_ns(121.0)))
    painted.clear()
    return plots, plots.keys[0][0]


def sample(name: str, at_s: float) -> RttSample:
    return RttSample(endpoint=name, connection=9, at_ns=at_ns(at_s), kind="ws", round_trip_ns=1_000_000)


def drop(name: str, at_s: float) -> StateChanged:
    return StateChanged(endpoint=name, connection=9, at_ns=at_ns(at_s), old=State.OPEN, new=State.FAILED)


def test_over_hours_samples_are_painted_once_a_second_and_what_happens_sooner(
    wide: tuple[PlotArea, str], analyzer: Analyzer, painted: list[str]
) -> None:
    plots, name = wide
    analyzer.feed([sample(name, 121.4)])
    plots.show_snapshot(analyzer.snapshot(at_ns(121.5)))
    assert painted == []

    analyzer.feed([drop(name, 121.6)])
    plots.show_snapshot(analyzer.snapshot(at_ns(121.7)))
    assert painted == [name]


def test_over_hours_a_note_is_painted_as_soon_as_what_happens(
    wide: tuple[PlotArea, str], analyzer: Analyzer, painted: list[str]
) -> None:
    plots, name = wide
    analyzer.feed([sample(name, 121.4), Note(at_ns=at_ns(121.4), text="deployed", moment_ns=at_ns(100))])

    plots.show_snapshot(analyzer.snapshot(at_ns(121.5)))

    assert painted == [name]


def test_how_much_time_is_shown_is_never_cut(monitoring: WholeWindow) -> None:
    stack = stack_of(monitoring)

    stack.show_width(18.7 * 60, grows=False)

    assert stack.width_label.width() >= stack.width_label.sizeHint().width()


def test_news_may_wait_for_the_next_frame(wide: tuple[PlotArea, str], analyzer: Analyzer, painted: list[str]) -> None:
    plots, name = wide
    analyzer.feed([drop(name, 121.6)])

    plots.show_snapshot(analyzer.snapshot(at_ns(121.7)), may_wait=True)
    assert painted == []
    plots.show_snapshot(analyzer.snapshot(at_ns(121.71)))
    assert painted == [name]


def test_while_the_plots_are_shown_often_they_and_the_list_take_turns(
    monitoring: WholeWindow, analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[bool] = []
    plots = monitoring.monitor.plots
    monkeypatch.setattr(plots, "show_snapshot", lambda snapshot, may_wait=False: waits.append(may_wait))

    monitoring.monitor.follow(analyzer.snapshot(at_ns(121)))
    for second in (121.03, 121.2):
        monitoring.monitor.show_snapshot(analyzer.snapshot(at_ns(second)), fresh=True)

    assert waits == [False, True, False]
