"""The cursor line through all plots with its read-out, and the A and B marks: one item for all."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from wsmonitor.gui.look.theme import Look


class CursorItem(QGraphicsItem):
    """Painted in the scene's pixels, above everything."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._area = QRectF()
        self._cursor: QPointF | None = None
        self._marks: list[tuple[str, float]] = []
        self._focus: tuple[float, float] | None = None
        self._framed = False
        self._lines: list[str] = []
        self._compared: list[str] = []
        self.setZValue(1000)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show(  # type: ignore[override]  # shows something, rather than itself
        self,
        area: QRectF,
        cursor: QPointF | None,
        marks: list[tuple[str, float]],
        lines: list[str],
        *,
        focus: tuple[float, float] | None = None,
        compared: list[str],
    ) -> None:
        """Take the plots' area, the pointer in it, the columns of marks and focus, the words of the read-out.

        `compared` is what the marks say: it stays while there are marks, wherever the pointer is.
        """
        if area != self._area:
            self.prepareGeometryChange()
            self._area = QRectF(area)
            self.update()
        shown = (self._cursor, self._marks, self._lines, self._focus, self._compared)
        if shown != (cursor, marks, lines, focus, compared):
            self._cursor, self._marks, self._lines, self._focus, self._compared = cursor, marks, lines, focus, compared
            self.update()

    def show_frame(self, *, framed: bool) -> None:
        """A frame says that the plots have the keyboard."""
        if framed != self._framed:
            self._framed = framed
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802  # Qt's name
        return self._area

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._framed:
            painter.setPen(QPen(self._look.color("rtt_ws"), 1))
            painter.drawRect(self._area.adjusted(0, 0, -1, -1))
        if self._focus is not None:
            self._paint_focus(painter, *self._focus)
        for name, x in self._marks:
            self._paint_mark(painter, name, x)
        if self._compared:
            self._paint_box(painter, self.compared_box, self._compared)
        if self._cursor is None:
            return
        painter.setPen(QPen(self._look.color("text"), 1, Qt.PenStyle.DotLine))
        x = round(self._cursor.x())
        painter.drawLine(x, round(self._area.top()), x, round(self._area.bottom()))
        if self._lines:
            self._paint_box(painter, self.readout_box, self._lines)

    @property
    def readout_box(self) -> QRectF:
        """Beside the pointer, and below what the marks say: that stays readable."""
        size, at = self._size(self._lines), self._cursor or QPointF()
        left = at.x() + 10 if at.x() + 14 + size.width() < self._area.right() else at.x() - 10 - size.width()
        top = min(max(at.y() - size.height() / 2, self._area.top() + 4), self._area.bottom() - size.height() - 4)
        box = QRectF(QPointF(max(left, self._area.left()), top), size)
        if self._compared and box.intersects(self.compared_box):
            box.moveTop(self.compared_box.bottom() + 4)
        return box

    @property
    def compared_box(self) -> QRectF:
        """In an upper corner, away from what the marks enclose."""
        size = self._size(self._compared)
        middle = sum(x for _, x in self._marks) / max(1, len(self._marks))
        is_left = middle > self._area.center().x()
        left = self._area.left() + 8 if is_left else self._area.right() - size.width() - 8
        return QRectF(QPointF(max(left, self._area.left()), self._area.top() + 42), size)

    def _paint_focus(self, painter: QPainter, left: float, right: float) -> None:
        """Everything but the period steps back."""
        left, right = max(left, self._area.left()), min(right, self._area.right())
        shade = QColor(self._look.theme.window)
        shade.setAlpha(150)
        top, height = self._area.top(), self._area.height()
        painter.fillRect(QRectF(self._area.left(), top, max(0.0, left - self._area.left()), height), shade)
        painter.fillRect(QRectF(right, top, max(0.0, self._area.right() - right), height), shade)
        painter.setPen(QPen(self._look.color("rtt_ws"), 1))
        for x in (left, right):
            painter.drawLine(round(x), round(top), round(x), round(self._area.bottom()))

    def _paint_mark(self, painter: QPainter, name: str, x: float) -> None:
        color = self._look.color("warning")
        painter.setPen(QPen(color, 1))
        painter.drawLine(round(x), round(self._area.top()), round(x), round(self._area.bottom()))
        flag = QRectF(x, self._area.bottom() - 16, 14, 14)
        painter.fillRect(flag, color)
        painter.setPen(self._look.color("window"))
        painter.setFont(self._look.bold)
        painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, name)

    def _size(self, lines: Sequence[str]) -> QSizeF:
        metrics = QFontMetrics(self._look.mono_small)
        return QSizeF(max(map(metrics.horizontalAdvance, lines)) + 18, metrics.height() * len(lines) + 12)

    def _paint_box(self, painter: QPainter, box: QRectF, lines: Sequence[str]) -> None:
        metrics = QFontMetrics(self._look.mono_small)
        background = QColor(self._look.theme.window)
        background.setAlpha(235)
        painter.setPen(self._look.color("border"))
        painter.setBrush(background)
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(self._look.color("text"))
        painter.setFont(self._look.mono_small)
        for number, line in enumerate(lines):
            row = QRectF(box.left() + 9, box.top() + 6 + number * metrics.height(), box.width(), metrics.height())
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, line)
