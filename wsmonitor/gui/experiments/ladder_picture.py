"""Paints a ladder: a bar for each connection, with a dot where it ended."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wsmonitor.gui.experiments.ladder import Group, Ladder, ladder_words
from wsmonitor.gui.look.colors import FAILED, OPEN
from wsmonitor.gui.look.theme import Look
from wsmonitor.text.units import exact_s

_LEFT, _RIGHT = 132, 24
_BAR, _GAP, _GROUP_GAP, _AXIS = 4, 2, 8, 16
_MOST = 40
"""So many bars of one group are painted; the words count them all."""
_STEPS_S = (0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)


class LadderPicture(QWidget):
    """As high as its bars need."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._ladder = Ladder((), 1.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """What the picture shows."""
        return ladder_words(self._ladder)

    def show_ladder(self, ladder: Ladder) -> None:
        """Paint this from now on."""
        if ladder == self._ladder:
            return
        self._ladder = ladder
        self.setFixedHeight(sum(map(self._height, ladder.groups)) + _AXIS if ladder.groups else 0)
        self.setAccessibleName(f"Connections: {self.words}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setFont(self._look.small)
        self._paint_axis(painter)
        top = 0.0
        for group in self._ladder.groups:
            self._paint_group(painter, group, top)
            top += self._height(group)

    def _paint_axis(self, painter: QPainter) -> None:
        span_s, bottom = self._ladder.span_s, self.height() - _AXIS
        step_s = next((step for step in _STEPS_S if span_s / step <= 6), span_s)
        for number in range(int(span_s / step_s) + 1):
            x = self._x(number * step_s)
            painter.setPen(self._look.color("border"))
            painter.drawLine(QPointF(x, 0), QPointF(x, bottom))
            painter.setPen(self._look.color("muted"))
            box = QRectF(x - 40, bottom, 80, _AXIS)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, exact_s(number * step_s))

    def _paint_group(self, painter: QPainter, group: Group, top: float) -> None:
        painter.setPen(self._look.color("text"))
        name = QFontMetrics(self._look.small).elidedText(group.name, Qt.TextElideMode.ElideRight, _LEFT - 8)
        height = QFontMetrics(self._look.small).height()
        painter.drawText(QRectF(0, top, _LEFT - 8, height), Qt.AlignmentFlag.AlignLeft, name)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for number, bar in enumerate(group.bars[:_MOST]):
            y = top + 3 + number * (_BAR + _GAP)
            left, right = self._x(0), self._x(bar.age_s)
            if bar.planned_s is not None and bar.lives:
                painter.setBrush(self._look.color("hover"))
                painter.drawRect(QRectF(left, y, self._x(bar.planned_s) - left, _BAR))
            painter.setBrush(QColor(OPEN if bar.lives else FAILED))
            painter.drawRect(QRectF(left, y, max(1.0, right - left), _BAR))
            if not bar.lives:
                painter.drawEllipse(QPointF(right, y + _BAR / 2), 3.5, 3.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _height(self, group: Group) -> int:
        bars = min(len(group.bars), _MOST) * (_BAR + _GAP)
        return max(bars, QFontMetrics(self._look.small).height()) + _GROUP_GAP

    def _x(self, age_s: float) -> float:
        return _LEFT + (self.width() - _LEFT - _RIGHT) * min(1.0, age_s / self._ladder.span_s)
