"""Row, chip, evidence and place on the plots are one selection."""

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.gui.findings.test_findings import VOICE, diagnosed, finding
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import Closure
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.time.plotting.menu import plot_menu, save_picture
from wsmonitor.gui.time.plotting.stack import PlotStack
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.settings.endpoint_settings import NS

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


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


def test_what_is_marked_goes_with_its_endpoint(monitoring: WholeWindow, stack: PlotStack) -> None:
    monitoring.monitor.plots.mark([closures(monitoring)[0].at_ns])
    assert len(stack.selected_s) == 1

    monitoring.monitor.table.select(("transcribe", 0))

    assert list(stack.selected_s) == []


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


def test_a_double_click_in_the_middle_of_a_life_opens_the_lens_on_its_end(
    monitoring: WholeWindow, stack: PlotStack
) -> None:
    one = closures(monitoring)[1]
    middle = replace(one, at_ns=one.at_ns - one.verdict.life_ns // 2)

    QTest.mouseDClick(stack.viewport(), LEFT, NONE, place(monitoring, stack, middle))

    assert [story.ended for story in monitoring.lens.stories] == [one]


def test_a_double_click_on_a_connection_that_lives_says_that_nothing_ended(
    monitoring: WholeWindow, stack: PlotStack
) -> None:
    living = replace(closures(monitoring)[-1], at_ns=at_ns(118))

    QTest.mouseDClick(stack.viewport(), LEFT, NONE, place(monitoring, stack, living))

    assert not monitoring.lens.isVisible()
    assert "Nothing ended there" in monitoring.monitor.notice.text


def test_a_click_on_the_plots_chooses_the_message_of_that_moment(monitoring: WholeWindow, stack: PlotStack) -> None:
    tabs = monitoring.monitor.tabs
    tabs.bar.setCurrentIndex(Tab.MESSAGES)
    moment = replace(closures(monitoring)[1], at_ns=at_ns(43.1))

    QTest.mouseClick(stack.viewport(), LEFT, NONE, place(monitoring, stack, moment))

    row = tabs.messages.model.log_row(tabs.messages.table.currentIndex().row())
    assert row is not None
    snapshot = monitoring.monitor.snapshot
    assert snapshot is not None
    assert abs(row.at_ns - at_ns(43.1)) < NS
    assert list(stack.selected_s) == [snapshot.seconds(row.at_ns)]
    assert tabs.messages.table.visualRect(tabs.messages.table.currentIndex()).isValid()


def test_ends_inside_the_lasso_are_the_only_ones_on_the_plots(monitoring: WholeWindow, stack: PlotStack) -> None:
    one, *_ = closures(monitoring)
    everything = sum(mark.count for mark in stack._marks)

    monitoring.monitor.tabs.ends_chosen.emit([one])
    monitoring.monitor.plots.show_everything()
    assert [mark.x for mark in stack._marks] == [one.at_ns / NS - at_ns(0) / NS]

    monitoring.monitor.tabs.ends_chosen.emit([])
    monitoring.monitor.plots.show_everything()
    assert sum(mark.count for mark in stack._marks) == everything > 1


@pytest.mark.parametrize(("name", "head"), [("plots.png", b"\x89PNG"), ("plots.svg", b"<?xml")])
def test_the_plots_are_saved_as_picture(
    monitoring: WholeWindow, stack: PlotStack, tmp_path: Path, name: str, head: bytes
) -> None:
    monitoring.window.actions_table["save_picture"].trigger()
    dialog = stack.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / name))
    dialog.done(0)

    assert (tmp_path / name).read_bytes().startswith(head)
    assert "Saved" in monitoring.monitor.notice.text


def test_a_picture_that_cannot_be_written_is_said(monitoring: WholeWindow, stack: PlotStack, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot write"):
        save_picture(stack, str(tmp_path / "nowhere" / "plots.png"))


def test_the_menu_of_a_legend_hides_its_curve(monitoring: WholeWindow, stack: PlotStack) -> None:
    pane = stack.panes[0]
    label = pane.labels[0]

    menu = plot_menu(stack, pane, 1.0, label)
    menu.actions()[0].trigger()

    assert menu.actions()[0].text() == f"Hide {label}"
    assert label in pane.hidden
    menu.deleteLater()
