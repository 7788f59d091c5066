"""The marks A and B say both values, their difference, and what lies between; the menu sets them as well."""

from itertools import product

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from tests.analysis.facts import closed, missed, opened, rtt, snapshot
from tests.gui.conftest import show
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import AnyEvent
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.time.plotting.compared import compared
from wsmonitor.gui.time.plotting.cursor import CursorItem
from wsmonitor.gui.time.plotting.menu import plot_menu
from wsmonitor.gui.time.plotting.readout import Markers
from wsmonitor.gui.time.plotting.stack import PlotStack


def said(markers: Markers, *events: AnyEvent) -> list[str]:
    """What marks say over a session with these events."""
    session = snapshot(*events)
    return compared(markers, session, session.endpoints[0], Moments("elapsed"))


def test_each_mark_has_its_values_and_both_have_their_difference() -> None:
    lines = said(Markers(a=5, b=25), opened(0), rtt(4, 20), rtt(24, 50), rtt(24.5, 3, kind="app"))

    assert lines[:3] == [
        "A +0:05.000  ws 20.0 ms",
        "B +0:25.000  ws 50.0 ms · app 3.0 ms",
        "B − A  +20.000 s  ws +30.0 ms",
    ]


def test_what_lies_between_is_counted() -> None:
    beats = [rtt(at, 10) for at in (2, 3, 4)]

    lines = said(Markers(a=9, b=1), opened(0), *beats, missed(5), closed(6), closed(7), closed(7.5, mechanism="rst"))

    assert lines[3] == "between: 3 closures (FIN ×2 · RST) · 1 missed"
    assert lines[4].startswith("ws p50 10")


def test_a_value_before_a_break_holds_no_more() -> None:
    assert said(Markers(a=9), opened(0), rtt(4, 20), closed(6)) == ["A +0:09.000  nothing measured"]


def test_without_marks_nothing_is_said() -> None:
    assert said(Markers(), opened(0), rtt(4, 20)) == []


@pytest.fixture
def stack(monitoring: WholeWindow, analyzer: Analyzer) -> PlotStack:
    """The plots of the story, painted."""
    show(monitoring, analyzer, 130)
    found = monitoring.monitor.plots.stack
    assert found is not None
    return found


def action(menu: QMenu, text: str) -> QAction:
    """The entry of a menu."""
    return next(one for one in menu.actions() if one.text() == text)


def test_what_the_marks_say_is_not_covered_by_the_read_out(qapp: QApplication) -> None:
    item, area = CursorItem(Look("dark")), QRectF(0, 0, 900, 460)
    words = ["A 20:35:42.963  ws 0.31 ms", "B 20:38:05.012  ws 0.61 ms", "between: 11 closures"]

    for x, y in product(range(0, 900, 50), range(0, 460, 20)):
        item.show(area, QPointF(x, y), [("A", 180), ("B", 590)], ["20:38:07.486", "ws 2.7 ms"], compared=words)

        assert not item.readout_box.intersects(item.compared_box)
        assert area.contains(item.readout_box)


def test_the_menu_sets_and_removes_marks(stack: PlotStack) -> None:
    menu = plot_menu(stack, None, 100.0)

    action(menu, "Mark A here").trigger()
    action(plot_menu(stack, None, 120.0), "Mark B here").trigger()
    both = stack.marks
    action(plot_menu(stack, None, None), "Remove marks").trigger()

    assert both == (100.0, 120.0)
    assert not stack.has_marks


def test_the_menu_copies_the_plots_as_a_picture(stack: PlotStack) -> None:
    action(plot_menu(stack, None, None), "Copy as picture").trigger()

    assert QGuiApplication.clipboard().pixmap().size() == stack.grab().size()


def test_the_menu_of_a_plot_has_its_curves_and_its_scale(stack: PlotStack) -> None:
    pane = stack.panes[0]

    action(plot_menu(stack, pane, None), "ws").trigger()
    action(plot_menu(stack, pane, None), "Logarithmic values").trigger()

    assert "ws" not in pane.curves
    assert pane.is_log
    assert "Logarithmic values" not in [one.text() for one in plot_menu(stack, stack.panes[3], None).actions()]


def test_the_right_button_opens_the_menu_of_the_plot_below_it(stack: PlotStack) -> None:
    place = stack.panes[0].box_rect.center().toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, stack.mapToGlobal(place))

    QApplication.sendEvent(stack.viewport(), event)

    (menu,) = [one for one in stack.findChildren(QMenu) if one.isVisible()]
    texts = [one.text() for one in menu.actions()]
    menu.close()
    assert {"Copy as picture", "Mark A here", "ws", "Logarithmic values"} <= set(texts)
