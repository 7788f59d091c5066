"""The cursor line through all plots with its read-out, and the A and B marks: one item for all."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from wsmonitor.gui.theme import Look


class CursorItem(QGraphicsItem):
    """Painted in the scene's pixels, above everything."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._area = QRectF()
        self._cursor: QPointF | None = None
        self._marks: list[tuple[str, float]] = []
        self._lines: list[str] = []
        self.setZValue(1000)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show(  # type: ignore[override]  # shows something, rather than itself
        self, area: QRectF, cursor: QPointF | None, marks: list[tuple[str, float]], lines: list[str]
    ) -> None:
        """Take the plots' area, the pointer in it, the marks' columns and the words of the read-out."""
        if area != self._area:
            self.prepareGeometryChange()
            self._area = QRectF(area)
        self._cursor, self._marks, self._lines = cursor, marks, lines
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802  # Qt's name
        return self._area

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        for name, x in self._marks:
            self._paint_mark(painter, name, x)
        if self._cursor is None:
            return
        painter.setPen(QPen(self._look.color("text"), 1, Qt.PenStyle.DotLine))
        x = round(self._cursor.x())
        painter.drawLine(x, round(self._area.top()), x, round(self._area.bottom()))
        if self._lines:
            self._paint_box(painter, self._cursor)

    def _paint_mark(self, painter: QPainter, name: str, x: float) -> None:
        color = self._look.color("warning")
        painter.setPen(QPen(color, 1))
        painter.drawLine(round(x), round(self._area.top()), round(x), round(self._area.bottom()))
        flag = QRectF(x, self._area.bottom() - 16, 14, 14)
        painter.fillRect(flag, color)
        painter.setPen(self._look.color("window"))
        painter.setFont(self._look.bold)
        painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_box(self, painter: QPainter, at: QPointF) -> None:
        metrics = QFontMetrics(self._look.mono_small)
        width = max(map(metrics.horizontalAdvance, self._lines)) + 18
        height = metrics.height() * len(self._lines) + 12
        left = at.x() + 10 if at.x() + 14 + width < self._area.right() else at.x() - 10 - width
        top = min(max(at.y() - height / 2, self._area.top() + 4), self._area.bottom() - height - 4)
        box = QRectF(max(left, self._area.left()), top, width, height)
        background = QColor(self._look.theme.window)
        background.setAlpha(235)
        painter.setPen(self._look.color("border"))
        painter.setBrush(background)
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(self._look.color("text"))
        painter.setFont(self._look.mono_small)
        for number, line in enumerate(self._lines):
            row = QRectF(box.left() + 9, box.top() + 6 + number * metrics.height(), width, metrics.height())
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, line)
