"""What is selected elsewhere, as lines through all plots: a row of a table, the evidence of a finding."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from wsmonitor.gui.look.theme import Look

_WIDTH, _TIP = 3, 6


class SelectionItem(QGraphicsItem):
    """Painted in the scene's pixels, below the cursor."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._area = QRectF()
        self.columns: tuple[float, ...] = ()
        """Pixels from the left edge of the scene; what is out of sight is left out."""
        self.setZValue(900)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_columns(self, area: QRectF, columns: Sequence[float]) -> None:
        """Mark these columns of the plots' area."""
        seen = tuple(sorted({round(x) for x in columns if area.left() <= x <= area.right()}))
        if area != self._area or seen != self.columns:
            self.prepareGeometryChange()
            self._area, self.columns = QRectF(area), seen
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802  # Qt's name
        return self._area

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        color = self._look.color("rtt_ws")
        line = self._look.color("rtt_ws")
        line.setAlpha(110)
        for x in self.columns:
            painter.setPen(QPen(line, _WIDTH))
            painter.drawLine(QPointF(x, self._area.top()), QPointF(x, self._area.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            y = self._area.bottom()
            painter.drawPolygon(QPolygonF([QPointF(x, y - _TIP), QPointF(x + _TIP, y), QPointF(x - _TIP, y)]))
