"""Names at the ends of curves, where several connections are in one picture; none stands on another."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from wsmonitor.gui.look.colors import curve_color
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.axes import ValueScale
from wsmonitor.gui.time.plotting.layers.layer import HEADER_HEIGHT, Area, Layer
from wsmonitor.plots.drawing import Line, Span

_LONGEST = 110
_GAP = 6


class End(NamedTuple):
    """The last value of a curve: its column and row, its name and colour."""

    x: float
    y: float
    text: str
    color: str


class EndLabels(Layer):
    """Beside the last values that are in sight; none at all where there is no room for each: the legend names them."""

    def __init__(self, box: pg.ViewBox, look: Look) -> None:
        super().__init__(box, look, z=8)
        self._ends: tuple[End, ...] = ()

    def show_lines(self, lines: Sequence[Line], scale: ValueScale, span: Span) -> None:
        """Name the curves that are those of single connections."""
        self.cover(span)
        named = [line for line in lines if line.series is not None]
        area = Area(self._rect.width(), self._rect.height(), span, scale)
        ends = tuple(end for line in named if (end := self._end(line, area)) is not None)
        if len(ends) * QFontMetrics(self._look.small).height() > self._rect.height() - HEADER_HEIGHT:
            ends = ()
        if ends != self._ends:
            self._ends = ends
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        metrics = QFontMetrics(self._look.small)
        painter.setFont(self._look.small)
        height = metrics.height()
        ground = self._look.color("plot")
        ground.setAlpha(190)
        rows = apart(
            [end.y for end in self._ends], height, HEADER_HEIGHT + height / 2, self._rect.height() - height / 2
        )
        for end, y in zip(self._ends, rows, strict=True):
            text = metrics.elidedText(end.text, Qt.TextElideMode.ElideRight, _LONGEST)
            width = metrics.horizontalAdvance(text) + 4
            left = end.x + _GAP if end.x + _GAP + width <= self._rect.width() else end.x - _GAP - width
            place = QRectF(left, y - height / 2, width, height)
            painter.fillRect(place, ground)
            painter.setPen(QColor(end.color))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _end(self, line: Line, area: Area) -> End | None:
        seen = ~np.isnan(line.y) & (line.x >= area.span.start_s) & (line.x <= area.span.end_s)
        if not seen.any():
            return None
        last = int(np.flatnonzero(seen)[-1])
        y = float(area.rows(line.y[last : last + 1])[0])
        return End(round(area.x(float(line.x[last]))), round(y), line.label, curve_color(self._look.theme, line))


def apart(rows: Sequence[float], height: float, top: float, bottom: float) -> list[float]:
    """Rows as near as possible to these, in the same order from the top, each `height` from the next."""
    order = sorted(range(len(rows)), key=lambda number: rows[number])
    placed = [0.0] * len(rows)
    free = top
    for number in order:
        placed[number] = max(free, rows[number])
        free = placed[number] + height
    limit = bottom
    for number in reversed(order):
        placed[number] = min(placed[number], limit)
        limit = placed[number] - height
    return placed
