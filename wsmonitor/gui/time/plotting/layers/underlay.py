"""What lies below the curves: gaps without measurement, the state band, shades, levels."""

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QLine, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from wsmonitor.facts.events import State
from wsmonitor.gui.look.colors import CLOSED, FAILED, role_color, state_color, state_height, state_is_outlined
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.layers.layer import HEADER_HEIGHT, Area, Content
from wsmonitor.plots.drawing import Drawing, Forced, Level, NoteMark, Span, StateSpan

LANE_NAME = 160
"""Pixels that the name of a band may take at the left edge, where it stands while the picture scrolls."""
_DASH = 6
"""Pixels after which a dashed line begins anew."""


def paint_underlay(painter: QPainter, look: Look, area: Area, content: Content) -> None:
    """Everything below the curves, background first."""
    drawing, through = content.picture.drawing, content.picture.through
    painter.fillRect(0, 0, math.ceil(area.width), math.ceil(area.height), look.color("plot"))
    _paint_forced(painter, area, through.forced)
    if content.has_grid:
        _paint_grid(painter, look, area)
    if drawing.states:
        _paint_states(painter, look, area, drawing)
    _paint_levels(painter, look, area, drawing.levels)
    _paint_gaps(painter, look, area, drawing.gaps)
    _paint_notes(painter, look, area, through.notes)


def _paint_gaps(painter: QPainter, look: Look, area: Area, gaps: Iterable[Span]) -> None:
    hatch = look.color("muted")
    for gap in gaps:
        left, right = max(0.0, area.x(gap.start_s)), min(area.width, area.x(gap.end_s))
        rect = QRectF(left, 0, max(2.0, right - left), area.height)
        painter.fillRect(rect, look.color("panel"))
        hatch.setAlpha(90)
        painter.fillRect(rect, Qt.BrushStyle.BDiagPattern)
        painter.setPen(QPen(hatch, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)


def _paint_notes(painter: QPainter, look: Look, area: Area, notes: Iterable[NoteMark]) -> None:
    for note in notes:
        painter.setPen(QPen(QColor(FAILED) if note.is_alert else look.color("sent"), 1))
        x = math.floor(area.x(note.x) + 0.5)  # `round` goes to the even one, another after a step
        painter.drawLine(x, 0, x, round(area.height))


def _paint_states(painter: QPainter, look: Look, area: Area, drawing: Drawing) -> None:
    metrics = QFontMetrics(look.small)
    painter.setFont(look.small)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lanes = drawing.lanes or ("",)
    height = max(8.0, area.height - HEADER_HEIGHT - 5) / len(lanes)
    for stretch in drawing.states:
        _paint_state(painter, look, area, stretch, (height, 2.0 if drawing.lanes else 0.0))
    for number, name in enumerate(lanes):
        if name and metrics.height() <= height + 2:
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, LANE_NAME)
            label = QRectF(2, HEADER_HEIGHT + number * height, metrics.horizontalAdvance(text) + 8, height - 2)
            ground = look.color("panel")
            ground.setAlpha(190)  # what is below is seen through it
            painter.fillRect(label, ground)
            painter.setPen(look.color("text"))
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)


def _paint_state(painter: QPainter, look: Look, area: Area, stretch: StateSpan, band: tuple[float, float]) -> None:
    """One stretch in its band of so many pixels, some of them air, with as much of its text as there is room for."""
    left, right = max(0.0, area.x(stretch.start_s)), min(area.width, area.x(stretch.end_s))
    if right < 0 or left > area.width:
        return
    metrics, (full, air) = QFontMetrics(look.small), band
    height = (full - air) * state_height(stretch.state)
    top = HEADER_HEIGHT + stretch.lane * full + (full - air - height) / 2
    rect = QRectF(left, top, max(1.0, right - left), height)
    painter.fillRect(rect, QColor(state_color(stretch.state)))
    if stretch.state is State.DEGRADED:
        painter.fillRect(rect, Qt.BrushStyle.Dense6Pattern)
    if rect.width() > 3:
        painter.setPen(look.color("plot"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
    if state_is_outlined(stretch.state) and rect.width() > 8:
        painter.setPen(QColor("#1b1b1b"))
        painter.drawRect(rect.adjusted(1, 1, -3, -2))
    for text in (stretch.text, stretch.state.letter):
        if metrics.horizontalAdvance(text) + 8 < rect.width() and metrics.height() <= height + 4:
            painter.setPen(QColor("#0c0f12"))
            painter.drawText(rect.adjusted(0, -2, 0, 2), Qt.AlignmentFlag.AlignCenter, text)
            break


def _paint_forced(painter: QPainter, area: Area, forced: Iterable[Forced]) -> None:
    """A shade over each condition that we forced."""
    shade, edge = QColor(CLOSED), QColor(CLOSED)
    shade.setAlpha(38)
    edge.setAlpha(110)
    for one in forced:
        left, right = max(0.0, area.x(one.start_s)), min(area.width, area.x(one.end_s))
        rect = QRectF(left, 0, max(2.0, right - left), area.height)
        painter.fillRect(rect, shade)
        painter.setPen(QPen(edge, 1, Qt.PenStyle.DotLine))
        painter.drawLine(rect.topLeft(), rect.bottomLeft())
        painter.drawLine(rect.topRight(), rect.bottomRight())


def _paint_grid(painter: QPainter, look: Look, area: Area) -> None:
    painter.setPen(look.color("grid"))
    _, values = area.scale.ticks(area.height)
    right = round(area.width)
    painter.drawLines([QLine(0, row, right, row) for row in (_row(area, value) for value in values)])


def _paint_levels(painter: QPainter, look: Look, area: Area, levels: Iterable[Level]) -> None:
    for level in levels:
        if not area.scale.low <= level.y <= area.scale.high:
            continue
        y = _row(area, level.y)
        pen = QPen(QColor(role_color(look.theme, level.role)), 1, Qt.PenStyle.DashLine)
        pen.setDashOffset(round(area.origin) % _DASH)  # dashes move with what was painted
        painter.setPen(pen)
        painter.drawLine(0, y, round(area.width), y)


def _row(area: Area, on_axis: float) -> int:
    return round(float(area.on_axis(np.array([on_axis]))[0]))
