"""Everything by keyboard and by name: for those who do not use a mouse, or do not see the picture."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QWidget

from tests.gui.conftest import stack_of
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.action_table import ACTIONS


def own_widgets(window: WholeWindow) -> list[QWidget]:
    """Every widget but those inside menus (pyqtgraph makes some that are never shown) and of combo boxes' lists."""
    return [widget for widget in window.window.findChildren(QWidget) if not in_a_menu(widget) and not is_inner(widget)]


def in_a_menu(widget: QWidget | None) -> bool:
    while widget is not None:
        if isinstance(widget, QMenu):
            return True
        widget = widget.parentWidget()
    return False


def is_inner(widget: QWidget) -> bool:
    names = {type(widget).__name__, type(widget.parentWidget()).__name__}
    return bool(names & {"QComboBoxPrivateContainer", "QComboBoxListView"}) or widget.objectName().startswith("qt_")


def title(widget: QWidget) -> str:
    return widget.accessibleName() or str(getattr(widget, "text", str)())


def stops(window: WholeWindow) -> list[QWidget]:
    """Where Tab stops, in order, from the endpoint table on."""
    window.monitor.table.setFocus()
    found = []
    widget: QWidget | None = window.monitor.table
    while widget is not None:
        tabbed = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        if tabbed and widget.isVisibleTo(window.window) and widget.isEnabled() and widget.window() is window.window:
            found.append(widget)
        widget = widget.nextInFocusChain()
        if widget is window.monitor.table:
            break
    return found


def test_whatever_takes_the_focus_has_a_name(monitoring: WholeWindow) -> None:
    assert monitoring.endpoint_actions.editor is not None

    nameless = [
        f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}"
        for widget in own_widgets(monitoring)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and not title(widget)
        and "QListView" not in type(widget).__name__
        and not (isinstance(widget, QAbstractButton) and not widget.isVisibleTo(monitoring.window))
    ]

    assert nameless == []


def test_tab_goes_from_the_endpoints_over_the_plots_to_the_tabs(monitoring: WholeWindow) -> None:
    order = [title(widget) for widget in stops(monitoring)]

    wanted = ["Endpoints", "Findings", "Plots", "Tabs", "Filter", "all endpoints", "Closures"]
    assert [name for name in order if name in wanted] == wanted
    assert len(order) == len(set(order))


def test_every_plot_says_in_words_what_it_shows(monitoring: WholeWindow) -> None:
    stack = stack_of(monitoring)

    said = stack.accessibleDescription()

    for pane in stack.panes:
        assert pane.drawing.summary
        assert pane.drawing.summary in said


def test_no_key_has_two_meanings() -> None:
    keys = [key for info in ACTIONS for key in info.keys]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("size", [(1024, 640), (1400, 860), (2560, 1440), (3840, 2160)])
def test_nothing_is_cut_off_at_any_size(monitoring: WholeWindow, size: tuple[int, int]) -> None:
    monitoring.window.resize(*size)
    QApplication.processEvents()

    assert (monitoring.window.width(), monitoring.window.height()) == size
    for widget in (monitoring.window.toolbar, monitoring.monitor, monitoring.window.status, monitoring.monitor.tabs):
        right_bottom = widget.mapTo(monitoring.window, widget.rect().bottomRight())
        assert right_bottom.x() < size[0]
        assert right_bottom.y() < size[1]
        assert widget.width() >= widget.minimumSizeHint().width()
