"""Single values of a plot: dots, outliers at the upper edge, and the strip below the values."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from wsmonitor.gui.look.colors import curve_color, role_color
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.axes import ValueScale
from wsmonitor.gui.time.plotting.layers import HEADER_HEIGHT, Layer
from wsmonitor.plots.drawing import Dots, Drawing, Floats, Strip

STRIP_HEIGHT = 7
_DOT = 4.0
_CROWD = 400
"""More dots than this are small and square: round ones cost ten times as much."""
_MOST = 3_000
"""More dots than any width has room for: a guard against a plot that forgets to look."""


class Points(Layer):
    """Above the curves, below the header."""

    def __init__(self, box: pg.ViewBox, look: Look) -> None:
        super().__init__(box, look, z=6)
        self._drawing = Drawing()
        self._scale = ValueScale(0.0, 1.0, 0.0, 1.0)

    def show_drawing(self, drawing: Drawing, scale: ValueScale) -> None:
        """What to paint from now on."""
        self._drawing, self._scale = drawing, scale

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._drawing.strip is not None:
            self._paint_strip(painter, self._drawing.strip)
        for dots in self._drawing.dots:
            self._paint_dots(painter, dots)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for dots in self._drawing.outliers:
            self._paint_outliers(painter, dots)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_dots(self, painter: QPainter, dots: Dots) -> None:
        columns = self._columns(dots.x)
        rows = self._scale.rows(self._scale.on_axis(dots.y), self._rect.height())
        seen = (rows >= 0) & (columns >= -_DOT) & (columns <= self._rect.width() + _DOT)
        is_crowd = np.count_nonzero(seen) > _CROWD
        pen = QPen(QColor(curve_color(self._look.theme, dots)), _DOT / 2 if is_crowd else _DOT)
        pen.setCapStyle(Qt.PenCapStyle.SquareCap if is_crowd else Qt.PenCapStyle.RoundCap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not is_crowd)
        painter.setPen(pen)
        places = zip(columns[seen][:_MOST].tolist(), rows[seen][:_MOST].tolist(), strict=True)
        painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in places]))

    def _paint_outliers(self, painter: QPainter, dots: Dots) -> None:
        """A triangle below the header for each column that has one."""
        above = self._scale.on_axis(dots.y) > self._scale.top
        columns = np.unique(np.round(self._columns(dots.x[above])))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(curve_color(self._look.theme, dots)))
        top = float(HEADER_HEIGHT)
        for x in columns[(columns >= 0) & (columns <= self._rect.width())].tolist():
            painter.drawPolygon(QPolygonF([QPointF(x, top), QPointF(x - 4, top + 6), QPointF(x + 4, top + 6)]))

    def _paint_strip(self, painter: QPainter, strip: Strip) -> None:
        top, width = self._rect.height() - STRIP_HEIGHT + 1, self._rect.width()
        painter.fillRect(QRectF(0, top, width, STRIP_HEIGHT - 1), self._look.color("hover"))
        color = QColor(role_color(self._look.theme, strip.role))
        half = strip.width_s / 2
        for left, right in zip(
            self._columns(strip.x - half).tolist(), self._columns(strip.x + half).tolist(), strict=True
        ):
            painter.fillRect(QRectF(left, top, max(3.0, right - left), STRIP_HEIGHT - 1).intersected(self._rect), color)

    def _columns(self, seconds: Floats) -> Floats:
        per_second = self._rect.width() / (self._span.end_s - self._span.start_s)
        columns: Floats = (seconds - self._span.start_s) * per_second
        return columns
