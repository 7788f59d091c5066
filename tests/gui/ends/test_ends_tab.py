"""The lasso of the Ends tab filters the table of closures and moves the plots; a dot leads to its row."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from wsmonitor.gui.ends.dots import LIVED, Dot, dots
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.tabs import Tab


@pytest.fixture
def ends(monitoring: WholeWindow) -> list[Dot]:
    """The dots of the voice backend, oldest first, on the visible Ends tab."""
    monitoring.monitor.table.select(("voice backend", 0))
    monitoring.monitor.tabs.bar.setCurrentIndex(Tab.ENDS)
    QApplication.processEvents()
    return dots(monitoring.monitor.tabs.closures.model.passing, LIVED)


def drag(window: WholeWindow, start: QPointF, end: QPointF) -> None:
    plot = window.monitor.tabs.ends.plot
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(plot, button, none, start.toPoint())
    QTest.mouseMove(plot, end.toPoint())
    QTest.mouseRelease(plot, button, none, end.toPoint())


def rows(window: WholeWindow) -> list[int]:
    model = window.monitor.tabs.closures.model
    found = [model.closure(row) for row in range(model.rowCount())]
    return [one.number for one in found if one is not None]


def test_the_lasso_filters_the_table_and_moves_the_plots(monitoring: WholeWindow, ends: list[Dot]) -> None:
    plot = monitoring.monitor.tabs.ends.plot
    air = QPointF(5, 5)
    at = plot.place_of(ends[1])

    drag(monitoring, at - air, at + air)

    assert rows(monitoring) == [ends[1].closure.number]
    assert not monitoring.monitor.plots.is_live
    span, snapshot = monitoring.monitor.plots.span, monitoring.monitor.snapshot
    assert snapshot is not None
    assert span.start_s < snapshot.seconds(ends[1].closure.at_ns) < span.end_s
    assert monitoring.monitor.tabs.ends.clear.text() == "1 end chosen: show all"

    monitoring.monitor.tabs.ends.clear.click()
    assert rows(monitoring) == [dot.closure.number for dot in ends]
    assert monitoring.monitor.plots.is_live


def test_a_lasso_around_nothing_shows_everything(monitoring: WholeWindow, ends: list[Dot]) -> None:
    drag(monitoring, QPointF(70, 10), QPointF(75, 12))

    assert rows(monitoring) == [dot.closure.number for dot in ends]


def test_a_dot_that_is_clicked_makes_its_row_current(monitoring: WholeWindow, ends: list[Dot]) -> None:
    at: QPoint = monitoring.monitor.tabs.ends.plot.place_of(ends[2]).toPoint()

    QTest.mouseClick(monitoring.monitor.tabs.ends.plot, Qt.MouseButton.LeftButton, pos=at)

    chosen = monitoring.monitor.tabs.closures.chosen_ends()
    assert [one.number for one in chosen] == [ends[2].closure.number]


def test_every_dot_stands_inside_the_plot(monitoring: WholeWindow, ends: list[Dot]) -> None:
    plot = monitoring.monitor.tabs.ends.plot

    assert len(ends) == 3
    assert all(plot.rect().contains(plot.place_of(dot).toPoint()) for dot in ends)


def test_a_dot_that_is_clicked_twice_opens_the_lens(monitoring: WholeWindow, ends: list[Dot]) -> None:
    at: QPoint = monitoring.monitor.tabs.ends.plot.place_of(ends[0]).toPoint()

    QTest.mouseDClick(monitoring.monitor.tabs.ends.plot, Qt.MouseButton.LeftButton, pos=at)

    assert [story.ended for story in monitoring.lens.stories] == [ends[0].closure]


def test_without_ends_there_is_no_scale_of_nothing(monitoring: WholeWindow, ends: list[Dot]) -> None:
    plot, snapshot = monitoring.monitor.tabs.ends.plot, monitoring.monitor.snapshot
    assert snapshot is not None
    with_ends = plot.grab(QRect(0, 0, 60, plot.height())).toImage()

    plot.show_dots([], LIVED, snapshot, frozenset())
    without = plot.grab(QRect(0, 0, 60, plot.height())).toImage()

    def colours(picture: QImage) -> int:
        return len({picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())})

    assert colours(without) < colours(with_ends)
