"""The line on top of a plot: its title, what each colour means, and what is above the range."""

import math
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from wsmonitor.gui.look.colors import Theme, curve_color, role_color
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.layers.layer import HEADER_HEIGHT, Layer
from wsmonitor.plots.drawing import Bars, Dots, Drawing, Level, Line, Strip

_SWATCH = 16.0
_BETWEEN = 14.0


class _Entry(NamedTuple):
    label: str
    color: str


class Header(Layer):
    """Above the curves. An entry of the legend that is clicked hides its curve, or shows it again."""

    def __init__(self, box: pg.ViewBox, look: Look, title: str) -> None:
        super().__init__(box, look, z=10)
        self._shown_title = title
        self._entries: list[_Entry] = []
        self._hidden: AbstractSet[str] = frozenset()
        self._note = ""

    @property
    def title(self) -> str:
        """What the plot is called."""
        return self._shown_title

    @title.setter
    def title(self, title: str) -> None:
        if title != self._shown_title:
            self._shown_title = title
            self.update()

    @property
    def labels(self) -> list[str]:
        """What the legend names."""
        return [entry.label for entry in self._entries]

    def show_drawing(self, drawing: Drawing, hidden: AbstractSet[str], note: str) -> None:
        """Take the legend of a drawing; `note` stands behind it."""
        theme = self._look.theme
        found: list[Line | Bars | Level | Strip] = [*drawing.lines, *drawing.bars, *drawing.levels]
        if drawing.strip is not None and len(drawing.strip.x):
            found.append(drawing.strip)
        named = {entry.label: _color(theme, entry) for entry in found if entry.label}
        entries = [_Entry(label, color) for label, color in named.items()]
        if (entries, note, hidden) != (self._entries, self._note, self._hidden):
            self._entries, self._note, self._hidden = entries, note, frozenset(hidden)
            self.update()

    def label_at(self, x: float, y: float) -> str:
        """The entry of the legend at a place in the plot's pixels; empty beside them."""
        if not 0 <= y < HEADER_HEIGHT:
            return ""
        return next((entry.label for entry, left, right in self._places() if left <= x < right), "")

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setFont(self._look.bold)
        painter.setPen(self._look.color("muted"))
        self._write(painter, 6.0, self._title())
        painter.setFont(self._look.small)
        end = self._legend_from()
        for entry, left, right in self._places():
            is_hidden = entry.label in self._hidden
            color = self._look.color("border") if is_hidden else QColor(entry.color)
            painter.fillRect(QRectF(left, HEADER_HEIGHT / 2 - 1, 12, 3), color)
            painter.setFont(self._struck() if is_hidden else self._look.small)
            self._write(painter, left + _SWATCH, entry.label)
            end = right + _BETWEEN
        painter.setFont(self._look.small)
        if self._note and end + QFontMetrics(self._look.small).horizontalAdvance(self._note) < self._rect.width():
            painter.setPen(self._look.color("warning"))
            self._write(painter, end, self._note)

    def _write(self, painter: QPainter, x: float, text: str) -> None:
        painter.drawText(QRectF(x, 0, self._rect.width(), HEADER_HEIGHT), Qt.AlignmentFlag.AlignVCenter, text)

    def _struck(self) -> QFont:
        font = QFont(self._look.small)
        font.setStrikeOut(True)
        return font

    def _title(self) -> str:
        metrics = QFontMetrics(self._look.bold)
        return metrics.elidedText(self.title, Qt.TextElideMode.ElideRight, int(self._rect.width() * 0.5))

    def _legend_from(self) -> float:
        return 6.0 + QFontMetrics(self._look.bold).horizontalAdvance(self._title()) + _BETWEEN

    def _places(self) -> list[tuple[_Entry, float, float]]:
        """The entries that have room, each with its left and right edge."""
        metrics = QFontMetrics(self._look.small)
        left, places = self._legend_from(), []
        for entry in self._entries:
            right = left + _SWATCH + metrics.horizontalAdvance(entry.label)
            if right + 6 > self._rect.width():
                break
            places.append((entry, left, right))
            left = right + _BETWEEN
        return places


def _color(theme: Theme, entry: "Line | Bars | Level | Strip") -> str:
    return curve_color(theme, entry) if isinstance(entry, Line) else role_color(theme, entry.role)


def outliers_note(outliers: tuple[Dots, ...], top: float, unit: str) -> str:
    """`▲ 3 higher, up to 842 ms`: what stands above `top`; empty where nothing does."""
    above = [float(y) for dots in outliers for y in dots.y.tolist() if y > top and math.isfinite(y)]
    if not above:
        return ""
    return f"▲ {len(above):,} higher, up to {max(above):,.4g} {unit}".rstrip()
