"""A focus period: chosen with the mouse or the keyboard, and every number follows."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import show, stack_of
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import RttSample
from wsmonitor.gui.endpoints.columns import Column
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.time.plotting.stack import PlotStack
from wsmonitor.settings.endpoint_settings import NS


def cell(window: WholeWindow, column: Column) -> str:
    return str(window.monitor.table.model().index(0, column).data())


def drag(stack: PlotStack, start: int, end: int) -> None:
    viewport, y = stack.viewport(), stack.height() // 3
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(start, y))
    QTest.mouseMove(viewport, QPoint(end, y))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(end, y))


def test_dragging_chooses_the_period_under_the_mouse(monitoring: WholeWindow) -> None:
    stack, plots = stack_of(monitoring), monitoring.monitor.plots
    rect = stack.panes[0].box_rect
    span = plots.span

    drag(stack, round(rect.left()) + 100, round(rect.left()) + 300)

    focus = plots.focus
    assert focus is not None
    per_pixel = (span.end_s - span.start_s) / rect.width()
    assert focus.start_s == pytest.approx(100 * per_pixel, abs=2 * per_pixel)
    assert focus.end_s == pytest.approx(300 * per_pixel, abs=2 * per_pixel)
    assert monitoring.monitor.focus_bar.isVisible()
    assert plots.is_live


def test_a_click_chooses_nothing(monitoring: WholeWindow) -> None:
    drag(stack_of(monitoring), 300, 302)

    assert monitoring.monitor.plots.focus is None


def test_every_number_is_that_of_the_period_until_it_is_cleared(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    plots, tabs = monitoring.monitor.plots, monitoring.monitor.tabs
    monitoring.monitor.table.select(("voice backend", 0))
    tabs.bar.setCurrentIndex(1)
    analyzer.feed(
        [RttSample(at_ns=at_ns(119.9), endpoint="voice backend", kind="ws", round_trip_ns=3 * NS) for _ in range(50)]
    )
    show(monitoring, analyzer, 121)
    assert (cell(monitoring, Column.P99), tabs.closures.model.rowCount()) == ("2995", 3)
    everything = tabs.messages.model.rowCount()

    plots.focus_on(20, 60)

    assert cell(monitoring, Column.P99) != "2995"
    assert cell(monitoring, Column.LAST_CLOSE) == "FIN ×1"
    assert cell(monitoring, Column.LOSS) != "0%"
    assert 0 < tabs.messages.model.rowCount() < everything
    assert "1 closure" in monitoring.monitor.focus_bar.label.text()
    tabs.bar.setCurrentIndex(2)
    assert tabs.closures.model.rowCount() == 1

    monitoring.window.actions_table["clear_focus"].trigger()
    assert (cell(monitoring, Column.P99), tabs.closures.model.rowCount()) == ("2995", 3)
    assert not monitoring.monitor.focus_bar.isVisible()


def test_what_is_shown_becomes_the_period_and_zooming_goes_back_to_it(monitoring: WholeWindow) -> None:
    plots = monitoring.monitor.plots
    plots.focus_on(30, 50)
    monitoring.monitor.focus_bar.zoom_wanted.emit()
    assert (plots.span.start_s, plots.span.end_s) == (29, 51)

    monitoring.window.actions_table["focus_view"].trigger()

    assert plots.focus is not None
    assert (plots.focus.start_s, plots.focus.end_s) == (29, 51)


def test_a_period_ends_now_at_the_latest(monitoring: WholeWindow) -> None:
    monitoring.monitor.plots.focus_on(100, 500)

    assert monitoring.monitor.plots.focus is not None
    assert monitoring.monitor.plots.focus.end_s == pytest.approx(120)
