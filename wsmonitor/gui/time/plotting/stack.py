"""The plots on one shared time axis: one controller of the x range, one cursor through all of them."""

import logging
from collections.abc import Sequence

import pyqtgraph as pg
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QWidget

from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.facts.events import Key
from wsmonitor.gui.groups.names import names_of, title_of
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.axes import LEFT_WIDTH
from wsmonitor.gui.time.plotting.compared import compared
from wsmonitor.gui.time.plotting.cursor import CursorItem
from wsmonitor.gui.time.plotting.pane import Pane
from wsmonitor.gui.time.plotting.readout import Markers, readout
from wsmonitor.gui.time.plotting.selection import SelectionItem
from wsmonitor.plots import PLOTS
from wsmonitor.plots.closures import MERGE_PIXELS, ending_marks
from wsmonitor.plots.drawing import Drawing, Mark, Plot, Span, Through
from wsmonitor.plots.forced import forced_stretches
from wsmonitor.plots.notes import alerts_within, notes_within
from wsmonitor.plots.overlay import MOST, drawn
from wsmonitor.text import units

_LEAST_DRAG = 4
"""Fewer pixels than this are a click."""
_COMPARED = 3
"""The marks say the values of so many connections."""

log = logging.getLogger(__name__)
pg.setConfigOptions(antialias=False, exitCleanup=False)


class PlotStack(pg.GraphicsLayoutWidget):  # type: ignore[misc]  # pyqtgraph ships no types
    """Paints one connection over one span, or several in one picture; says what the mouse asked for, in seconds."""

    zoomed = Signal(float, float)
    """Factor, and the time under the pointer."""
    panned = Signal(float)
    focused = Signal(float, float)
    """The period over which the mouse was dragged, in seconds."""
    note_wanted = Signal(float)
    """The moment that a note is to be about."""
    words_wanted = Signal()
    menu_wanted = Signal(object, object, str, QPoint)
    """The plot and the moment at a place, or `None`, the entry of a legend, or none; and the place on the screen."""
    said = Signal(str, bool)
    """What was done, or, if true, went wrong."""
    clicked = Signal(float)
    opened = Signal(float)
    """A double click; the time, as for one click."""
    resized = Signal()

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        last = len(PLOTS) - 1
        self.panes = [Pane(plot, look, is_top=at == 0, is_bottom=at == last) for at, plot in enumerate(PLOTS)]
        self._broken: set[str] = set()
        self._shown: tuple[Snapshot, Sequence[EndpointView], Span] | None = None
        self._marks: Sequence[Mark] = ()
        self.only: Sequence[tuple[Key, float]] = ()
        """The ends that are shown, by slot and time; all of them where none is named."""
        self._markers = Markers()
        self.readout: list[str] = []
        """What the box beside the cursor says."""
        self._pointer: QPointF | None = None
        self._dragged_from: float | None = None
        self._selected_from: float | None = None
        self._focus: Span | None = None
        self._cursor = CursorItem(look)
        self.selection = SelectionItem(look)
        self.selected_s: Sequence[float] = ()
        """Times that are selected elsewhere; `show_selected` changes them."""
        self.width_label = QLabel(self)
        """How much time the plots show."""
        self.width_label.setObjectName("muted")
        self.width_label.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.ci.setContentsMargins(0, 4, 8, 2)
        self.ci.setSpacing(6)
        for row, pane in enumerate(self.panes):
            self.ci.addItem(pane.item, row=row, col=0)
            menu = pane.item.ctrlMenu  # pyqtgraph makes it without a parent, also where no menu is wanted
            menu.setParent(self, menu.windowFlags())
            self.ci.layout.setRowStretchFactor(row, round(pane.plot.height * 100))
            self.ci.layout.setRowPreferredHeight(row, 0)
        for item in (self.selection, self._cursor):
            self.scene().addItem(item)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Plots")
        look.changed.connect(self._restyle)
        self._restyle()

    @property
    def pixels(self) -> int:
        """Columns of the shared time axis."""
        width = self.panes[0].box_rect.width() if self.panes else 0.0
        return max(1, round(width) or self.width() - LEFT_WIDTH)

    def show_endpoints(self, snapshot: Snapshot, views: Sequence[EndpointView], span: Span) -> None:
        """Paint `views`, at least one, over `span`. A plot that fails is reported once and left empty."""
        known = span.until(snapshot.seconds(snapshot.at_ns))
        share = (known.end_s - known.start_s) / (span.end_s - span.start_s)
        pixels = max(1, round(self.pixels * share))
        marks = [mark for view in views for mark in self._marks_of(view, known, pixels)] if share else []
        self._marks = sorted(marks, key=lambda mark: mark.x)
        self._shown = (snapshot, views, span)
        notes = (*notes_within(views[0].history.session, span), *alerts_within(snapshot, views, span))
        through = Through(forced_stretches(views, known), tuple(sorted(notes, key=lambda one: one.x)))
        start_wall_s = snapshot.wall_s(snapshot.start_ns)
        for number, pane in enumerate(self.panes):
            pane.set_title(f"{title_of(views)} · " if number == 0 else "")
            pane.set_start(start_wall_s, self._look.moments.display)
            drawing = self._draw(pane.plot, views[:MOST], known, pixels) if share else Drawing()
            pane.show(drawing, self._marks, through, span)
            if (wanted := round(pane.wanted_height * 100)) != self.ci.layout.rowStretchFactor(number):
                self.ci.layout.setRowStretchFactor(number, wanted)  # lays all of them out
        self.setAccessibleDescription(" ".join(pane.drawing.summary for pane in self.panes))
        self._show_cursor()

    @property
    def placed(self) -> tuple[float | None, float | None]:
        """Where the marks A and B are, in seconds since the session's start; `None` for one that is not set."""
        return self._markers.a, self._markers.b

    @property
    def marks(self) -> tuple[float, float] | None:
        """The time between the marks A and B, where both are set."""
        a, b = self._markers.a, self._markers.b
        return None if a is None or b is None or a == b else (min(a, b), max(a, b))

    @property
    def pointer_s(self) -> float | None:
        """The moment under the pointer, where it is over the plots."""
        return self._time_at(self._pointer)

    @property
    def has_marks(self) -> bool:
        """True with A or B set."""
        return self._markers.a is not None or self._markers.b is not None

    def set_mark(self, name: str) -> None:
        """Put mark `A` or `B` under the pointer; without a pointer, remove both."""
        at_s = self.pointer_s
        if at_s is None:
            self.clear_marks()
        else:
            self.set_mark_at(name, at_s)

    def set_mark_at(self, name: str, at_s: float) -> None:
        """Put mark `A` or `B` at a moment."""
        self._markers = replace(self._markers, a=at_s) if name == "A" else replace(self._markers, b=at_s)
        self._show_cursor()

    def clear_marks(self) -> None:
        """Remove both marks."""
        self._markers = Markers()
        self._show_cursor()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  # Qt's name
        position = QPointF(event.pos())
        pane = next((pane for pane in self.panes if pane.box_rect.contains(position)), None)
        label = "" if pane is None else pane.label_at(position)
        self.menu_wanted.emit(pane, self._time_at(position), label, event.globalPos())
        event.accept()

    def show_width(self, width_s: float, *, grows: bool) -> None:
        """Say below the axis of values how much time is shown; `grows` while nobody chose it."""
        text = units.width(width_s)
        if text != self.width_label.text():
            self.width_label.setText(text)
        needed = self.width_label.sizeHint()
        width = max(LEFT_WIDTH - 6, needed.width())
        self.width_label.setGeometry(0, self.height() - needed.height() - 1, width, needed.height())
        hint = "It grows with the session until you choose one" if grows else "The wheel zooms"
        self.width_label.setToolTip(f"The plots show {text}. {hint}.")

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  # Qt's name
        steps = event.angleDelta().y() / 120 or event.angleDelta().x() / 120
        position = event.position()
        event.accept()
        if not steps:
            return
        if position.x() < LEFT_WIDTH:
            self._zoom_values(position, 0.8**steps)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._shown is not None:
            span = self._shown[2]
            self.panned.emit(-steps * 0.1 * (span.end_s - span.start_s))
        elif (at := self._time_at(position)) is not None:
            self.zoomed.emit(0.8**steps, at)

    def show_selected(self, times_s: Sequence[float]) -> None:
        """Mark these times through all plots, instead of those before."""
        self.selected_s = times_s
        self._show_cursor()

    def show_focus(self, focus: Span | None) -> None:
        """Let everything but this period step back."""
        self._focus = focus
        self._show_cursor()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Dragging selects a focus period; with the middle button or Shift it moves in time."""
        shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.button() is Qt.MouseButton.MiddleButton or (event.button() is Qt.MouseButton.LeftButton and shifted):
            self._dragged_from = event.position().x()
        elif event.button() is Qt.MouseButton.LeftButton:
            self._selected_from = self._time_at(event.position())
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        if (selected := self._selected()) is not None:
            self.focused.emit(selected.start_s, selected.end_s)
        elif event.button() is Qt.MouseButton.LeftButton:
            self._click_legend(event.position(), alone=event.modifiers() == Qt.KeyboardModifier.ControlModifier)
            if (at := self._time_at(event.position())) is not None:
                self.clicked.emit(at)
        self._dragged_from = self._selected_from = None
        self._show_cursor()
        self.viewport().unsetCursor()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        if event.position().x() < LEFT_WIDTH:
            self._zoom_values(event.position(), 1.0)
        elif (at := self._time_at(event.position())) is not None:
            self.opened.emit(at)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._pointer = event.position()
        if self._dragged_from is not None and self._shown is not None:
            moved = event.position().x() - self._dragged_from
            if abs(moved) >= 1:
                self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
                span = self._shown[2]
                self._dragged_from = event.position().x()
                self.panned.emit(-moved / self.pixels * (span.end_s - span.start_s))
        self._show_cursor()
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        super().focusInEvent(event)
        self._show_cursor()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        super().focusOutEvent(event)
        self._show_cursor()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        self._pointer = None
        self._show_cursor()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self.resized.emit()

    def _marks_of(self, view: EndpointView, known: Span, pixels: int) -> Sequence[Mark]:
        """How its connections ended; of `only` those, where some are named."""
        marks = ending_marks(view, known, pixels)
        if not self.only:
            return marks
        times = [at_s for key, at_s in self.only if key == view.key]
        reach_s = MERGE_PIXELS * (known.end_s - known.start_s) / pixels
        return [mark for mark in marks if any(-1e-6 <= at_s - mark.x < reach_s for at_s in times)]

    def _draw(self, plot: Plot, views: Sequence[EndpointView], span: Span, pixels: int) -> Drawing:
        try:
            return drawn(plot, views, names_of(views), span, pixels)
        except Exception:
            if plot.id not in self._broken:
                self._broken.add(plot.id)
                log.exception("the plot %r failed and stays empty", plot.id)
            return Drawing(summary=f"{plot.title}: failed, see the log.")

    def _area(self) -> QRectF:
        if not self.panes:
            return QRectF()
        return self.panes[0].box_rect.united(self.panes[-1].box_rect)

    def _time_at(self, point: QPointF | None) -> float | None:
        area = self._area()
        if point is None or self._shown is None or not area.contains(QPointF(point)):
            return None
        span = self._shown[2]
        return span.start_s + (point.x() - area.left()) / area.width() * (span.end_s - span.start_s)

    def _column(self, at_s: float, area: QRectF, span: Span) -> float:
        return area.left() + (at_s - span.start_s) / (span.end_s - span.start_s) * area.width()

    def _selected(self) -> Span | None:
        """The period between where the drag began and the pointer; `None` for a mere click."""
        if self._selected_from is None or self._pointer is None or self._shown is None:
            return None
        area, span = self._area(), self._shown[2]
        inside = QPointF(min(max(self._pointer.x(), area.left()), area.right()), area.center().y())
        at = self._time_at(inside)
        if at is None or abs(inside.x() - self._column(self._selected_from, area, span)) < _LEAST_DRAG:
            return None
        return Span(*sorted((self._selected_from, at)))

    def _show_cursor(self) -> None:
        if self._shown is None:
            return
        snapshot, views, span = self._shown
        area = self._area()
        self.selection.show_columns(area, [self._column(at_s, area, span) for at_s in self.selected_s])
        at = self._time_at(self._pointer)
        named = (("A", self._markers.a), ("B", self._markers.b))
        marks = [(name, self._column(x, area, span)) for name, x in named if x is not None]
        self.readout = []
        if at is not None:
            plots = [(pane.plot.unit or "", pane.drawing) for pane in self.panes]
            codes = snapshot.codes_of(views[0].name)
            said = readout(at, snapshot, plots, self._marks, span, moments=self._look.moments, codes=codes)
            near_s = 0.006 * (span.end_s - span.start_s)
            near = Span(at - near_s, at + near_s)
            notes, alerts = notes_within(views[0].history.session, near), alerts_within(snapshot, views, near)
            forced = forced_stretches(views, Span(at, at + 1e-6))
            marked = (*(f"note: {note.text}" for note in notes), *(f"alert {alert.text}" for alert in alerts))
            self.readout = [*said, *(one.text for one in forced), *marked]
        compared_lines = self._compared(snapshot, views) if marks else []
        focus = self._selected() or self._focus
        columns = None
        if focus is not None:
            columns = (self._column(focus.start_s, area, span), self._column(focus.end_s, area, span))
        pointer = self._pointer if at is not None else None
        self._cursor.show(area, pointer, marks, self.readout, focus=columns, compared=compared_lines)
        self._cursor.show_frame(framed=self.hasFocus())

    def _compared(self, snapshot: Snapshot, views: Sequence[EndpointView]) -> list[str]:
        """What the marks say of each connection, of several under its name."""
        names = [[name] for name in names_of(views)] if len(views) > 1 else [[]]
        said = (
            [*name, *compared(self._markers, snapshot, view, self._look.moments)]
            for name, view in zip(names[:_COMPARED], views, strict=False)
        )
        return [line for lines in said for line in lines]

    def repaint_plots(self) -> None:
        """Paint what is shown once more: how it is to look has changed."""
        if self._shown is not None:
            self.show_endpoints(*self._shown)

    def _click_legend(self, position: QPointF, *, alone: bool) -> None:
        """A click on an entry of a legend hides its curve; `alone` hides all others."""
        for pane in self.panes:
            if label := pane.label_at(position):
                pane.isolate(label) if alone else pane.toggle(label)
                self.repaint_plots()
                return

    def _zoom_values(self, position: QPointF, factor: float) -> None:
        for pane in self.panes:
            rect = pane.box_rect
            if rect.top() <= position.y() <= rect.bottom():
                pane.zoom_values(factor)
        self.repaint_plots()

    def _restyle(self) -> None:
        self.setBackground(self._look.theme.window)
        for pane in self.panes:
            pane.restyle()
        self.repaint_plots()
