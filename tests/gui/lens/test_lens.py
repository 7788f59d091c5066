"""The drawer: opened by Enter, stepped by arrows, two ends side by side, text on the clipboard."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.tabs import Tab


def choose(window: WholeWindow, *rows: int) -> None:
    """Select rows of the closures of the first endpoint, oldest first."""
    window.monitor.table.select(("voice backend", 0))
    window.monitor.tabs.bar.setCurrentIndex(Tab.CLOSURES)
    table = window.monitor.tabs.closures.table
    table.clearSelection()
    table.setCurrentIndex(table.model().index(rows[0], 0))
    for row in rows:
        selection = table.selectionModel()
        selection.select(table.model().index(row, 0), selection.SelectionFlag.Select | selection.SelectionFlag.Rows)
    table.setFocus()
    QApplication.processEvents()


def numbers(window: WholeWindow) -> list[int]:
    return [story.ended.number for story in window.lens.stories]


def place(window: WholeWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window.window, QPoint()), widget.size())


def test_enter_on_a_closure_opens_it_and_escape_puts_it_away(monitoring: WholeWindow) -> None:
    choose(monitoring, 2)

    QTest.keyClick(monitoring.monitor.tabs.closures.table, Qt.Key.Key_Return)

    lens = monitoring.lens
    assert lens.isVisible()
    assert numbers(monitoring) == [3]
    QTest.keyClick(lens, Qt.Key.Key_Escape)
    assert not lens.isVisible()


def test_left_and_right_step_through_the_ends(monitoring: WholeWindow) -> None:
    choose(monitoring, 2)
    monitoring.window.actions_table["lens"].trigger()

    seen = [numbers(monitoring)]
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right):
        QTest.keyClick(monitoring.lens, key)
        seen.append(numbers(monitoring))

    assert seen == [[3], [2], [1], [1], [2]]


def test_two_chosen_rows_stand_side_by_side_and_their_text_is_copied(monitoring: WholeWindow) -> None:
    choose(monitoring, 0, 2)

    monitoring.window.actions_table["lens"].trigger()

    assert numbers(monitoring) == [1, 3]
    monitoring.lens.copy.click()
    text = QGuiApplication.clipboard().text()
    assert all(story.title in text for story in monitoring.lens.stories)


@pytest.mark.parametrize("size", [(1024, 640), (1400, 860)], ids=["small", "usual"])
def test_the_lens_takes_the_left_column_and_nothing_else_moves(monitoring: WholeWindow, size: tuple[int, int]) -> None:
    monitoring.window.resize(*size)
    choose(monitoring, 0)
    QApplication.processEvents()
    monitor = monitoring.monitor
    others = (monitor.plots, monitor.verdict, monitor.verdict.test, monitor.verdict.copy, monitor.tabs)
    before = [place(monitoring, widget) for widget in others]

    monitoring.window.actions_table["lens"].trigger()
    QApplication.processEvents()

    assert place(monitoring, monitoring.lens) == place(monitoring, monitor.left)
    assert [place(monitoring, widget) for widget in others] == before
    assert not any(place(monitoring, monitoring.lens).intersects(one) for one in before)


@pytest.mark.parametrize("size", [(1024, 640), (1400, 860)], ids=["small", "usual"])
def test_two_ends_leave_the_newest_of_the_plots_and_the_buttons_of_the_verdict_in_sight(
    monitoring: WholeWindow, size: tuple[int, int]
) -> None:
    monitoring.window.resize(*size)
    choose(monitoring, 0, 2)

    monitoring.window.actions_table["lens"].trigger()
    QApplication.processEvents()

    lens, monitor = place(monitoring, monitoring.lens), monitoring.monitor
    assert lens.width() == 760
    assert not any(
        lens.intersects(place(monitoring, button)) for button in (monitor.verdict.test, monitor.verdict.copy)
    )
    assert place(monitoring, monitor.plots).right() - lens.right() > 200


def test_the_lens_keeps_to_the_left_column_when_that_changes(monitoring: WholeWindow) -> None:
    choose(monitoring, 0)
    monitoring.window.actions_table["lens"].trigger()

    monitoring.window.resize(1024, 640)
    monitoring.monitor.setSizes([600, 424])
    QApplication.processEvents()

    assert place(monitoring, monitoring.lens) == place(monitoring, monitoring.monitor.left)


def test_what_is_offered_while_the_lens_is_open_stands_beside_it(monitoring: WholeWindow) -> None:
    choose(monitoring, 0, 2)
    notice = monitoring.window.pages.notice
    whole = monitoring.monitor.plots.width() - 12

    notice.say("Recorded 3,279 events", ("Open", notice.hide), ("Show in folder", notice.hide))
    assert notice.width() == whole
    monitoring.window.actions_table["lens"].trigger()
    QApplication.processEvents()
    assert place(monitoring, notice).left() > place(monitoring, monitoring.lens).right()
    assert place(monitoring, notice).right() <= place(monitoring, monitoring.monitor.plots).right()

    QTest.keyClick(monitoring.lens, Qt.Key.Key_Escape)
    assert notice.width() == whole
