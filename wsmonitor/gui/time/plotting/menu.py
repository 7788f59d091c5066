"""The right-button menu of the plots: pictures, words, marks, notes, curves, the scale of values."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QMenu

from wsmonitor.gui.look.file_dialog import ask_save

if TYPE_CHECKING:
    from wsmonitor.gui.time.plotting.pane import Pane
    from wsmonitor.gui.time.plotting.stack import PlotStack


PICTURES = "Pictures (*.png *.svg)"
_SCALE = 2
"""Pixels of a saved PNG for each on the screen: it goes into documents."""


def plot_menu(stack: "PlotStack", pane: "Pane | None", at_s: float | None, label: str = "") -> QMenu:
    """A menu for a place in the plots: its plot, its moment, its legend, where it has them. It deletes itself."""
    menu = QMenu(stack)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if pane is not None and label:
        is_hidden = label in pane.hidden
        _add(menu, f"{'Show' if is_hidden else 'Hide'} {label}", partial(_toggle, stack, pane, label))
        _add(menu, f"Show {label} alone", partial(_isolate, stack, pane, label))
        menu.addSeparator()
    _add(menu, "Copy as picture", partial(copy_picture, stack))
    _add(menu, "Save as picture (PNG, SVG)…", partial(ask_where, stack))
    _add(menu, "Plots in words…", stack.words_wanted.emit)
    menu.addSeparator()
    if at_s is not None:
        _add(menu, "Look into the connection here", partial(stack.opened.emit, at_s))
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


def save_picture(stack: "PlotStack", path: str) -> None:
    """Write what the plots show: as drawing where `path` ends in `.svg`, else as PNG. Raises `OSError`."""
    painter = QPainter()
    if path.lower().endswith(".svg"):
        from PySide6.QtSvg import QSvgGenerator

        drawing = QSvgGenerator()
        drawing.setFileName(path)
        drawing.setSize(stack.size())
        drawing.setViewBox(stack.rect())
        drawing.setTitle("wsmonitor")
        is_written = painter.begin(drawing)
        if is_written:
            stack.render(painter)
        painter.end()
    else:
        picture = QImage(stack.size() * _SCALE, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(_SCALE)
        painter.begin(picture)
        stack.render(painter)
        painter.end()
        is_written = QImageWriter(path, QByteArray(b"png")).write(picture)
    if not is_written:
        raise OSError(f"cannot write {path}")


def ask_where(stack: "PlotStack") -> None:
    """Ask where to save what the plots show."""
    ask_save(stack, "Save as picture", Path("plots.png"), PICTURES, partial(_save, stack))


def _save(stack: "PlotStack", path: str) -> None:
    try:
        save_picture(stack, path)
    except OSError as error:
        stack.said.emit(str(error), True)
    else:
        stack.said.emit(f"Saved {path}", False)


def _isolate(stack: "PlotStack", pane: "Pane", label: str) -> None:
    pane.isolate(label)
    stack.repaint_plots()


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
