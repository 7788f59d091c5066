"""A switch: a check box whose state is seen from afar."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from wsmonitor.gui.look.colors import OPEN
from wsmonitor.gui.look.theme import Look

_SIZE = QSize(30, 16)


class Switch(QAbstractButton):
    """Its knob is on the right where it is on: not only the colour says so."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return _SIZE

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(0.5, 0.5, _SIZE.width() - 1, _SIZE.height() - 1)
        painter.setPen(self._look.color("rtt_ws" if self.hasFocus() else "border"))
        painter.setBrush(QColor(OPEN) if self.isChecked() else self._look.color("hover"))
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        x = rect.right() - rect.height() / 2 if self.isChecked() else rect.left() + rect.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#ffffff") if self.isChecked() else self._look.color("muted"))
        painter.drawEllipse(QPointF(x, rect.center().y()), rect.height() / 2 - 2.5, rect.height() / 2 - 2.5)
