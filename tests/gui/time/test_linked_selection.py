"""Row, chip, evidence and place on the plots are one selection."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.findings.test_findings import VOICE, diagnosed, finding
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import Closure
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.time.plotting.stack import PlotStack


@pytest.fixture
def stack(monitoring: WholeWindow) -> PlotStack:
    """The plots of the voice backend, all of them in sight."""
    monitoring.monitor.table.select((VOICE, 0))
    monitoring.monitor.plots.show_everything()
    QApplication.processEvents()
    made = monitoring.monitor.plots.stack
    assert made is not None
    return made


def closures(window: WholeWindow) -> list[Closure]:
    snapshot = window.monitor.snapshot
    assert snapshot is not None
    return [one for one in snapshot.closures if one.endpoint == VOICE]


def place(window: WholeWindow, stack: PlotStack, one: Closure) -> QPoint:
    """Where this end stands on the state band."""
    snapshot, span, box = window.monitor.snapshot, window.monitor.plots.span, stack.panes[1].box_rect
    assert snapshot is not None
    share = (snapshot.seconds(one.at_ns) - span.start_s) / (span.end_s - span.start_s)
    return QPoint(round(box.left() + share * box.width()) + 3, round(box.center().y()))


def test_a_chosen_row_is_marked_on_the_plots(monitoring: WholeWindow, stack: PlotStack) -> None:
    table = monitoring.monitor.tabs.closures.table
    table.selectRow(1)
    table.clicked.emit(table.currentIndex())

    (at_s,) = stack.selected_s
    snapshot = monitoring.monitor.snapshot
    assert snapshot is not None
    assert at_s == snapshot.seconds(closures(monitoring)[-2].at_ns)
    assert len(stack.selection.columns) == 1


def test_a_click_near_an_end_chooses_its_row_and_one_beside_all_ends_takes_the_mark_away(
    monitoring: WholeWindow, stack: PlotStack
) -> None:
    one = closures(monitoring)[0]
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    QTest.mouseClick(stack.viewport(), button, none, place(monitoring, stack, one))

    assert monitoring.monitor.tabs.closures.chosen_ends() == [one]
    assert len(stack.selection.columns) == 1
    QTest.mouseClick(stack.viewport(), button, none, place(monitoring, stack, one) - QPoint(60, 0))
    assert len(stack.selection.columns) == 0


def test_a_double_click_on_an_end_opens_the_lens_on_it(monitoring: WholeWindow, stack: PlotStack) -> None:
    one = closures(monitoring)[0]

    QTest.mouseDClick(
        stack.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place(monitoring, stack, one)
    )

    assert [story.ended for story in monitoring.lens.stories] == [one]


def test_show_on_plot_marks_all_the_evidence(monitoring: WholeWindow, stack: PlotStack, analyzer: Analyzer) -> None:
    monitoring.show_snapshot(diagnosed(analyzer.snapshot(at_ns(120)), finding(95, 62, 31)))

    monitoring.monitor.findings.cards[0].plot.click()

    assert len(stack.selection.columns) == 3
