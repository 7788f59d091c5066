"""The right-button menu of the plots: pictures, words, marks, notes, curves, the scale of values."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from wsmonitor.gui.time.plotting.pane import Pane
    from wsmonitor.gui.time.plotting.stack import PlotStack


def plot_menu(stack: "PlotStack", pane: "Pane | None", at_s: float | None) -> QMenu:
    """A menu for a place in the plots: its plot and its moment, where it has them. It deletes itself."""
    menu = QMenu(stack)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _add(menu, "Copy as picture", partial(copy_picture, stack))
    _add(menu, "Plots in words…", stack.words_wanted.emit)
    menu.addSeparator()
    if at_s is not None:
        _add(menu, "Note here…", partial(stack.note_wanted.emit, at_s))
        for name in ("A", "B"):
            _add(menu, f"Mark {name} here", partial(stack.set_mark_at, name, at_s))
    _add(menu, "Remove marks", stack.clear_marks).setEnabled(stack.has_marks)
    if pane is not None:
        menu.addSeparator()
        _add_curves(menu, stack, pane)
    return menu


def copy_picture(stack: "PlotStack") -> None:
    """Put what the plots show on the clipboard."""
    QGuiApplication.clipboard().setPixmap(stack.grab())


def _add_curves(menu: QMenu, stack: "PlotStack", pane: "Pane") -> None:
    for label in pane.labels:
        shown = _add(menu, label, partial(_toggle, stack, pane, label))
        shown.setCheckable(True)
        shown.setChecked(label not in pane.hidden)
    menu.addSeparator()
    if pane.can_be_log:
        is_log = _add(menu, "Logarithmic values", partial(_toggle_log, stack, pane))
        is_log.setCheckable(True)
        is_log.setChecked(pane.is_log)
    _add(menu, "Values that fit", partial(_fit, stack, pane))


def _add(menu: QMenu, text: str, do: Callable[[], object]) -> QAction:
    action = QAction(text.replace("&", "&&"), menu)
    action.triggered.connect(partial(_carry_out, do))
    menu.addAction(action)
    return action


def _carry_out(do: Callable[[], object], checked: bool = False) -> None:
    do()


def _toggle(stack: "PlotStack", pane: "Pane", label: str) -> None:
    pane.toggle(label)
    stack.repaint_plots()


def _toggle_log(stack: "PlotStack", pane: "Pane") -> None:
    pane.is_log = not pane.is_log
    stack.repaint_plots()


def _fit(stack: "PlotStack", pane: "Pane") -> None:
    pane.zoom_values(1.0)
    stack.repaint_plots()
