"""Chips on the top plot: how connections ended, why none opened, what was forced, notes; neighbours make one chip."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from wsmonitor.gui.look.colors import CLOSED, FAILED
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.layers.layer import HEADER_HEIGHT, Layer
from wsmonitor.plots.drawing import Mark, Span, Through, Way, ways_text

_PADDING = 12
_BETWEEN = 3
_NOTE = 240
_LEAST_LETTERS = 12
"""`forced` and the beginning of what was."""


class Chip(NamedTuple):
    """What is painted at a column: `ways` ended there, all of them forced or not."""

    x: float
    ways: tuple[Way, ...]
    forced: bool


class Chips(Layer):
    """How each connection ended, and below, in outline, why none opened; further down what was forced."""

    def __init__(self, box: pg.ViewBox, look: Look) -> None:
        super().__init__(box, look, z=20)
        self._marks: Sequence[Mark] = ()
        self._through = Through()

    def show_marks(self, marks: Sequence[Mark], through: Through, span: Span) -> None:
        """What to paint from now on."""
        has_any = bool(self._marks or marks or through.forced or through.notes) or through != self._through
        if has_any and (span, marks, through) != (self._span, self._marks, self._through):
            self.update()
        self._marks, self._through = marks, through
        self.cover(span)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        metrics = QFontMetrics(self._look.small)
        painter.setFont(self._look.small)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for is_opening in (False, True):
            marks = [mark for mark in self._marks if mark.is_opening is is_opening]
            chips = [Chip(self.x(mark.x), mark.ways, mark.forced) for mark in marks]
            for chip in merged_chips(chips, lru_cache(maxsize=512)(partial(_width, metrics))):
                self._paint_chip(painter, metrics, chip, is_opening=is_opening)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_forced(painter, metrics)
        self._paint_notes(painter, metrics)

    def _paint_chip(self, painter: QPainter, metrics: QFontMetrics, chip: Chip, *, is_opening: bool) -> None:
        text = ways_text(chip.ways)
        width = min(metrics.horizontalAdvance(text) + _PADDING, self._rect.width())
        left = min(max(chip.x - width / 2, 0.0), self._rect.width() - width)
        top = HEADER_HEIGHT + 2 + is_opening * (metrics.height() + 5)
        color = QColor(CLOSED if chip.forced else FAILED)
        painter.setPen(color if is_opening else Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("panel") if is_opening else color)
        rect = QRectF(left, top, width, metrics.height() + 2)
        painter.drawRoundedRect(rect, 3, 3)
        painter.setPen(self._look.color("text") if is_opening else QColor("#0c0f12"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_forced(self, painter: QPainter, metrics: QFontMetrics) -> None:
        """The names of forced conditions, as far as their shade has room, those of one time above each other."""
        painter.setPen(self._look.color("muted"))
        bottom = self._rect.height() - metrics.height() - 10
        ends: list[float] = []
        """Where the last name of each row ends, from the lowest up."""
        for one in self._through.forced:
            left, right = max(0.0, self.x(one.start_s)), min(self._rect.width(), self.x(one.end_s))
            if text := fitting(one.text, metrics, right - left - 6):
                width = metrics.horizontalAdvance(text) + 6
                row = next((number for number, end in enumerate(ends) if end <= left), len(ends))
                ends[row:] = [left + width, *ends[row + 1 :]]
                place = QRectF(left + 3, bottom - row * metrics.height(), right - left, metrics.height())
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)

    def _paint_notes(self, painter: QPainter, metrics: QFontMetrics) -> None:
        """A flag at each note, as long as there is room up to the next."""
        top = HEADER_HEIGHT + 2 * (metrics.height() + 6)
        edges = [self.x(note.x) for note in self._through.notes] + [self._rect.width()]
        for note, left, right in zip(self._through.notes, edges, edges[1:], strict=False):
            room = min(right - left - 4, _NOTE)
            text = metrics.elidedText(note.text, Qt.TextElideMode.ElideRight, max(0, round(room) - _PADDING))
            flag = QRectF(
                left, top, metrics.horizontalAdvance(text) + _PADDING if room > 20 else 6, metrics.height() + 2
            )
            painter.fillRect(flag, QColor(FAILED) if note.is_alert else self._look.color("accent"))
            painter.setPen(QColor("#0c0f12") if note.is_alert else self._look.color("text"))
            painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, text if room > 20 else "")


def fitting(text: str, metrics: QFontMetrics, room: float) -> str:
    """As much of `text` as there is room for; nothing rather than a few letters."""
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, int(room)))
    return shown if len(shown) >= min(len(text), _LEAST_LETTERS) else ""


def merged_chips(chips: Sequence[Chip], width: Callable[[str], float]) -> list[Chip]:
    """Chips in the order of time; those that would be painted over each other are one that names all its ways."""
    groups: list[_Group] = []
    for one in chips:
        groups.append(_Group(one, 1, width(ways_text(one.ways))))
        while len(groups) > 1 and _overlap(groups[-2], groups[-1]):
            chip, number = _merged(groups[-2], groups[-1])
            groups[-2:] = [_Group(chip, number, width(ways_text(chip.ways)))]
    return [group.chip for group in groups]


def _width(metrics: QFontMetrics, text: str) -> float:
    return metrics.horizontalAdvance(text) + _PADDING


class _Group(NamedTuple):
    chip: Chip
    number: int
    width: float


def _overlap(left: _Group, right: _Group) -> bool:
    return right.chip.x - left.chip.x < (left.width + right.width) / 2 + _BETWEEN


def _merged(left: _Group, right: _Group) -> tuple[Chip, int]:
    """One chip in the middle of all that went into either, and how many these are."""
    counts: dict[str, int] = {}
    for way in (*left.chip.ways, *right.chip.ways):
        counts[way.text] = counts.get(way.text, 0) + way.count
    number = left.number + right.number
    x = (left.chip.x * left.number + right.chip.x * right.number) / number
    return Chip(x, tuple(Way(*one) for one in counts.items()), left.chip.forced and right.chip.forced), number
