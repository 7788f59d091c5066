"""What pyqtgraph has no cheap item for, painted in pixels of one plot: bands, gaps, shades, levels."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLine, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from wsmonitor.facts.events import State
from wsmonitor.gui.look.colors import CLOSED, FAILED, role_color, state_color, state_height, state_is_outlined
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.axes import ValueScale
from wsmonitor.plots.drawing import Drawing, Span, StateSpan, Through

HEADER_HEIGHT = 20
_LANE_NAME = 160
_EMPTY = Drawing()


class Layer(QGraphicsItem):
    """Covers its view box, in the box's pixels; knows the span shown."""

    def __init__(self, box: pg.ViewBox, look: Look, *, z: float) -> None:
        super().__init__(box)
        self._box = box
        self._look = look
        self._rect = QRectF()
        self._span = Span(0.0, 1.0)
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:  # noqa: N802  # Qt's name
        return self._rect

    def cover(self, span: Span) -> None:
        """Take the box's size and the span it shows."""
        rect: QRectF = self._box.rect()
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = QRectF(rect)
        self._span = span
        self.update()

    def x(self, seconds: float) -> float:  # type: ignore[override]  # a position in time, not the item's
        """The pixel column of a time."""
        width = self._span.end_s - self._span.start_s
        return (seconds - self._span.start_s) / width * self._rect.width()


class Underlay(Layer):
    """Below the curves: gaps without measurement, the state band, levels."""

    def __init__(self, box: pg.ViewBox, look: Look) -> None:
        super().__init__(box, look, z=-10)
        self._drawing = _EMPTY
        self._scale = ValueScale(0.0, 1.0, 0.0, 1.0)
        self._has_grid = False
        self._through = Through()

    def show_drawing(self, drawing: Drawing, scale: ValueScale, through: Through, *, has_grid: bool) -> None:
        """What to paint from now on."""
        self._drawing, self._scale, self._through, self._has_grid = drawing, scale, through, has_grid

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.fillRect(self._rect, self._look.color("plot"))
        self._paint_forced(painter)
        self._paint_grid(painter)
        self._paint_states(painter)
        self._paint_levels(painter)
        hatch = self._look.color("muted")
        for gap in self._drawing.gaps:
            left, right = max(0.0, self.x(gap.start_s)), min(self._rect.width(), self.x(gap.end_s))
            rect = QRectF(left, 0, max(2.0, right - left), self._rect.height())
            painter.fillRect(rect, self._look.color("panel"))
            hatch.setAlpha(90)
            painter.fillRect(rect, Qt.BrushStyle.BDiagPattern)
            painter.setPen(QPen(hatch, 1))
            painter.drawRect(rect)
        for note in self._through.notes:
            painter.setPen(QPen(QColor(FAILED) if note.is_alert else self._look.color("sent"), 1))
            x = round(self.x(note.x))
            painter.drawLine(x, 0, x, round(self._rect.height()))

    def _paint_states(self, painter: QPainter) -> None:
        if not self._drawing.states:
            return
        metrics = QFontMetrics(self._look.small)
        painter.setFont(self._look.small)
        lanes = self._drawing.lanes or ("",)
        height = max(8.0, self._rect.height() - HEADER_HEIGHT - 5) / len(lanes)
        for stretch in self._drawing.states:
            self._paint_state(painter, metrics, stretch, height)
        for number, name in enumerate(lanes):
            if name and metrics.height() <= height + 2:
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, _LANE_NAME)
                label = QRectF(2, HEADER_HEIGHT + number * height, metrics.horizontalAdvance(text) + 8, height - 2)
                ground = self._look.color("panel")
                ground.setAlpha(190)  # what is below is seen through it
                painter.fillRect(label, ground)
                painter.setPen(self._look.color("text"))
                painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_state(self, painter: QPainter, metrics: QFontMetrics, stretch: StateSpan, full: float) -> None:
        """One stretch in its band, which is `full` pixels high, with as much of its text as there is room for."""
        left, right = max(0.0, self.x(stretch.start_s)), min(self._rect.width(), self.x(stretch.end_s))
        if right < 0 or left > self._rect.width():
            return
        air = 2.0 if self._drawing.lanes else 0.0
        height = (full - air) * state_height(stretch.state)
        top = HEADER_HEIGHT + stretch.lane * full + (full - air - height) / 2
        rect = QRectF(left, top, max(1.0, right - left), height)
        painter.fillRect(rect, QColor(state_color(stretch.state)))
        if stretch.state is State.DEGRADED:
            painter.fillRect(rect, Qt.BrushStyle.Dense6Pattern)
        if rect.width() > 3:
            painter.setPen(self._look.color("plot"))
            painter.drawLine(rect.topRight(), rect.bottomRight())
        if state_is_outlined(stretch.state) and rect.width() > 8:
            painter.setPen(QColor("#1b1b1b"))
            painter.drawRect(rect.adjusted(1, 1, -3, -2))
        for text in (stretch.text, stretch.state.letter):
            if metrics.horizontalAdvance(text) + 8 < rect.width() and metrics.height() <= height + 4:
                painter.setPen(QColor("#0c0f12"))
                painter.drawText(rect.adjusted(0, -2, 0, 2), Qt.AlignmentFlag.AlignCenter, text)
                break

    def _paint_forced(self, painter: QPainter) -> None:
        """A shade over each condition that we forced."""
        shade, edge = QColor(CLOSED), QColor(CLOSED)
        shade.setAlpha(38)
        edge.setAlpha(110)
        for one in self._through.forced:
            left, right = max(0.0, self.x(one.start_s)), min(self._rect.width(), self.x(one.end_s))
            rect = QRectF(left, 0, max(2.0, right - left), self._rect.height())
            painter.fillRect(rect, shade)
            painter.setPen(QPen(edge, 1, Qt.PenStyle.DotLine))
            painter.drawLine(rect.topLeft(), rect.bottomLeft())
            painter.drawLine(rect.topRight(), rect.bottomRight())

    def _paint_grid(self, painter: QPainter) -> None:
        if not self._has_grid:
            return
        painter.setPen(self._look.color("grid"))
        _, values = self._scale.ticks(self._rect.height())
        right = round(self._rect.width())
        painter.drawLines([QLine(0, row, right, row) for row in map(self._row, values)])

    def _row(self, value: float) -> int:
        return round(float(self._scale.rows(np.array([value]), self._rect.height())[0]))

    def _paint_levels(self, painter: QPainter) -> None:
        for level in self._drawing.levels:
            if not self._scale.low <= level.y <= self._scale.high:
                continue
            y = self._row(level.y)
            pen = QPen(QColor(role_color(self._look.theme, level.role)), 1, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawLine(0, y, round(self._rect.width()), y)
