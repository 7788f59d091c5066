"""When the plots are painted: at once for another endpoint, and not for what nobody could tell apart."""

from collections.abc import Sequence

import pytest

from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.gui.start.whole_window import WholeWindow
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
