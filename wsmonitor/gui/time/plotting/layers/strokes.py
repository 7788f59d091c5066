"""Curves, bars and the lines of closures, in the columns that are asked for."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from wsmonitor.gui.look.colors import FAILED, curve_color, role_color
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.layers.layer import Area
from wsmonitor.plots.drawing import Bars, Floats, Line, Mark

Columns = tuple[int, int]
"""The first, and the one behind the last."""


def paint_lines(painter: QPainter, look: Look, area: Area, lines: Sequence[Line], columns: Columns) -> None:
    """Curves of single pixels, broken where a value is NaN."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in lines:
        some = _touching(area, line.x, columns)
        x, y = area.columns(line.x[some]), area.rows(line.y[some])
        if len(x) < 2:
            continue
        has_gaps = bool(np.isnan(y).any())
        painter.setPen(QPen(QColor(curve_color(look.theme, line)), 1))
        painter.drawPath(pg.arrayToQPath(x, y, connect="finite" if has_gaps else "all", finiteCheck=has_gaps))


def paint_bars(painter: QPainter, look: Look, area: Area, all_bars: Iterable[Bars], columns: Columns) -> None:
    """Bars from the axis; on a logarithmic one they say that something was, not how much."""
    scale = area.scale
    for bars in all_bars:
        half = bars.width_s / 2
        some = _touching(area, bars.x, columns, reach=half * area.per_second)
        left, right = area.columns(bars.x[some] - half), area.columns(bars.x[some] + half)
        if scale.is_log:
            feet, heads = (
                np.full(len(left), scale.base),
                np.full(len(left), scale.base + 0.2 * (scale.top - scale.base)),
            )
        else:
            feet, heads = np.full(len(left), bars.base), bars.y[some]
        feet, heads = scale.rows(feet, area.height), scale.rows(heads, area.height)
        color = QColor(role_color(look.theme, bars.role))
        painter.setPen(QPen(color, 1) if bars.role == "missed" else Qt.PenStyle.NoPen)
        painter.setBrush(color)
        places = zip(left.tolist(), feet.tolist(), right.tolist(), heads.tolist(), strict=True)
        painter.drawRects([QRectF(x, min(foot, head), to - x, abs(foot - head)) for x, foot, to, head in places])


def paint_marks(painter: QPainter, area: Area, marks: Sequence[Mark]) -> None:
    """A line through the plot where a connection ended."""
    painter.setPen(QPen(QColor(FAILED), 1, Qt.PenStyle.DashLine))
    places = [area.x(mark.x) for mark in marks if not mark.is_opening]
    painter.drawLines([QLineF(x, area.height, x, 0) for x in places])


def _touching(area: Area, seconds: Floats, columns: Columns, *, reach: float = 0.0) -> slice:
    """The places within the columns, and one more on either side: lines enter and leave."""
    left, right = (area.span.start_s + column / area.per_second for column in (columns[0] - reach, columns[1] + reach))
    return slice(max(0, int(np.searchsorted(seconds, left)) - 1), int(np.searchsorted(seconds, right, "right")) + 1)
