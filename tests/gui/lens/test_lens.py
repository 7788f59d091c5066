"""The drawer: opened by Enter, stepped by arrows, two ends side by side, text on the clipboard."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

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


def test_enter_on_a_closure_opens_it_and_escape_puts_it_away(monitoring: WholeWindow) -> None:
    choose(monitoring, 2)

    QTest.keyClick(monitoring.monitor.tabs.closures.table, Qt.Key.Key_Return)

    lens = monitoring.lens
    assert lens.isVisible()
    assert numbers(monitoring) == [3]
    assert (lens.width(), lens.geometry().right()) == (420, monitoring.window.pages.width() - 1)
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


def test_the_lens_keeps_to_the_right_edge_when_the_window_changes(monitoring: WholeWindow) -> None:
    choose(monitoring, 0)
    monitoring.window.actions_table["lens"].trigger()

    monitoring.window.resize(1024, 640)
    QApplication.processEvents()

    assert monitoring.lens.geometry().right() == monitoring.window.pages.width() - 1
    assert monitoring.lens.height() == monitoring.window.pages.height()


def test_what_is_offered_while_the_lens_is_open_stands_beside_it(monitoring: WholeWindow) -> None:
    choose(monitoring, 2)
    notice = monitoring.window.pages.notice
    whole = monitoring.monitor.plots.width() - 12

    notice.say("Recorded 3,279 events", ("Open", notice.hide), ("Show in folder", notice.hide))
    assert notice.width() == whole
    monitoring.window.actions_table["lens"].trigger()
    QApplication.processEvents()
    right = notice.mapTo(monitoring.window, notice.rect().topRight()).x()
    assert right < monitoring.lens.mapTo(monitoring.window, monitoring.lens.rect().topLeft()).x()

    QTest.keyClick(monitoring.lens, Qt.Key.Key_Escape)
    assert notice.width() == whole
