"""Single values of a plot: dots, outliers at the upper edge, and the strip below the values."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from wsmonitor.gui.look.colors import curve_color, role_color
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.layers.layer import HEADER_HEIGHT, Area
from wsmonitor.gui.time.plotting.layers.strokes import Columns
from wsmonitor.plots.drawing import Dots, Drawing, Strip

STRIP_HEIGHT = 7
_DOT = 4.0
_MOST = 3_000
"""More dots than any width has room for: a guard against a plot that forgets to look."""


def paint_points(painter: QPainter, look: Look, area: Area, drawing: Drawing, columns: Columns) -> None:
    """Above the curves, in the columns that are asked for."""
    if drawing.strip is not None:
        _paint_strip(painter, look, area, drawing.strip)
    for dots in drawing.dots:
        _paint_dots(painter, look, area, dots, columns)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for dots in drawing.outliers:
        _paint_outliers(painter, look, area, dots)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_dots(painter: QPainter, look: Look, area: Area, dots: Dots, wanted: Columns) -> None:
    columns, rows = area.columns(dots.x), area.rows(dots.y)
    seen = (rows >= 0) & (columns >= wanted[0] - _DOT) & (columns <= wanted[1] + _DOT)
    pen = QPen(QColor(curve_color(look.theme, dots)), _DOT / 2 if dots.is_crowd else _DOT)
    pen.setCapStyle(Qt.PenCapStyle.SquareCap if dots.is_crowd else Qt.PenCapStyle.RoundCap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not dots.is_crowd)
    painter.setPen(pen)
    places = zip(columns[seen][:_MOST].tolist(), rows[seen][:_MOST].tolist(), strict=True)
    painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in places]))


def _paint_outliers(painter: QPainter, look: Look, area: Area, dots: Dots) -> None:
    """A triangle below the header for each column that has one."""
    above = area.scale.on_axis(dots.y) > area.scale.top
    columns = np.unique(np.round(area.columns(dots.x[above])))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(curve_color(look.theme, dots)))
    top = float(HEADER_HEIGHT)
    for x in columns[(columns >= 0) & (columns <= area.width)].tolist():
        painter.drawPolygon(QPolygonF([QPointF(x, top), QPointF(x - 4, top + 6), QPointF(x + 4, top + 6)]))


def _paint_strip(painter: QPainter, look: Look, area: Area, strip: Strip) -> None:
    top = area.height - STRIP_HEIGHT + 1
    painter.fillRect(QRectF(0, top, area.width, STRIP_HEIGHT - 1), look.color("hover"))
    color = QColor(role_color(look.theme, strip.role))
    half = strip.width_s / 2
    for left, right in zip(area.columns(strip.x - half).tolist(), area.columns(strip.x + half).tolist(), strict=True):
        painter.fillRect(QRectF(left, top, max(3.0, right - left), STRIP_HEIGHT - 1), color)
