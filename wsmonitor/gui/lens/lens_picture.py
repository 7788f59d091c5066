"""The opening as a waterfall, and the last frames as a ladder: time runs down, the peer is on the right."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from wsmonitor.analysis.connection_story import ConnectionStory, Rung, Step
from wsmonitor.gui.look.colors import FAILED, OPENING
from wsmonitor.gui.look.theme import Look
from wsmonitor.text.units import duration

_NAME, _TIME, _MARGIN, _GAP = 92, 64, 12, 10
_ARROW = 5


class LensPicture(QWidget):
    """Painted; its words are those of `ConnectionStory.lines`, which a screen reader gets."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._story: ConnectionStory | None = None
        self._differing: frozenset[int] = frozenset()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Opening and last frames")
        look.changed.connect(self.update)

    def show_story(self, story: ConnectionStory, differing: frozenset[int] = frozenset()) -> None:
        """Paint this one; rungs with these numbers are marked, for the story beside it has none of their kind."""
        self._story, self._differing = story, differing
        self.setAccessibleDescription("\n".join(story.lines))
        self.setFixedHeight((len(story.steps) + len(story.rungs) + 2) * self._row + 3 * _GAP)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        story = self._story
        if story is None:
            return
        painter = QPainter(self)
        painter.setFont(self._look.small)
        y = float(_GAP)
        if story.steps:
            y = self._text(painter, y, _MARGIN, "Opening", color="muted")
            whole = max(1, *(step.start_ns + step.duration_ns for step in story.steps))
            for step in story.steps:
                y = self._paint_step(painter, y, step, whole)
            y += _GAP
        if story.rungs:
            left, right = self._rails
            self._text(painter, y, left - 24, "we", color="muted")
            y = self._text(painter, y, right - 12, "peer", color="muted")
            painter.setPen(QPen(self._look.color("border"), 1))
            bottom = y + len(story.rungs) * self._row
            for x in (left, right):
                painter.drawLine(QPointF(x, y), QPointF(x, bottom))
            for number, rung in enumerate(story.rungs):
                if number in self._differing:
                    self._text(painter, y, 0, "≠", color="warning")
                y = self._paint_rung(painter, y, rung, story.ended.at_ns)

    @property
    def _row(self) -> int:
        return QFontMetrics(self._look.small).height() + 5

    @property
    def _rails(self) -> tuple[float, float]:
        """Where time runs down for us and for the peer."""
        return float(_TIME + 2 * _MARGIN), float(self.width() - 2 * _MARGIN)

    def _paint_step(self, painter: QPainter, y: float, step: Step, whole_ns: int) -> float:
        self._text(painter, y, _MARGIN, step.name)
        room = self.width() - _NAME - _TIME - 2 * _MARGIN
        start = _NAME + room * step.start_ns / whole_ns
        bar = QRectF(start, y + 3, max(2.0, room * step.duration_ns / whole_ns), self._row - 6)
        painter.fillRect(bar, QColor(OPENING))
        self._text(painter, y, self.width() - _TIME - _MARGIN + 4, duration(step.duration_ns), color="muted")
        return y + self._row

    def _paint_rung(self, painter: QPainter, y: float, rung: Rung, end_ns: int) -> float:
        left, right = self._rails
        middle = y + self._row - 4
        if rung.side == "silence":
            painter.setPen(QPen(self._look.color("muted"), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(left, middle - self._row / 2 + 2), QPointF(right, middle - self._row / 2 + 2))
            self._boxed(painter, y, (left + right) / 2, rung.text)
            return y + self._row
        passed = "end" if rung.side == "end" else f"−{duration(max(0, end_ns - rung.at_ns))}"
        self._text(painter, y, _MARGIN, passed, color="muted")
        color = {"sent": self._look.color("sent"), "received": self._look.color("received")}.get(
            rung.side, QColor(FAILED) if rung.side in ("end", "missed") else self._look.color("muted")
        )
        painter.setPen(QPen(color, 1 if rung.side != "end" else 2))
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))
        if rung.side in ("sent", "received"):
            tip, back = (right, -_ARROW) if rung.side == "sent" else (left, _ARROW)
            painter.setBrush(color)
            painter.drawPolygon(
                QPolygonF([QPointF(tip, middle), QPointF(tip + back, middle - 3), QPointF(tip + back, middle + 3)])
            )
        purpose = "failure" if rung.side in ("end", "missed") else "text"
        self._text(painter, y - 3, left + 8, rung.text, color=purpose, room=right - left - 16)
        return y + self._row

    def _boxed(self, painter: QPainter, y: float, middle: float, text: str) -> None:
        """A silence, written on its line."""
        width = QFontMetrics(self._look.small).horizontalAdvance(text) + 12
        box = QRectF(middle - width / 2, y + 1, width, self._row - 2)
        painter.fillRect(box, self._look.color("panel"))
        painter.setPen(self._look.color("warning"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _text(
        self, painter: QPainter, y: float, x: float, text: str, *, color: str = "text", room: float | None = None
    ) -> float:
        metrics = QFontMetrics(self._look.small)
        width = room if room is not None else self.width() - x
        painter.setPen(self._look.color(color))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(width))
        painter.drawText(QRectF(x, y, width, self._row), Qt.AlignmentFlag.AlignVCenter, shown)
        return y + self._row
