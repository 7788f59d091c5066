"""A small frame near what asked for it; Escape or a click elsewhere puts it away."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QWidget


class Popover(QFrame):
    """A popup with the theme's frame; it never blocks."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def open_below(self, anchor: QWidget) -> None:
        """Show it under `anchor`, within the window."""
        self._open_at(anchor, anchor.height() + 4)

    def open_above(self, anchor: QWidget) -> None:
        """Show it over `anchor`, within the window."""
        self.adjustSize()
        self._open_at(anchor, -self.height() - 4)

    def _open_at(self, anchor: QWidget, y: int) -> None:
        self.adjustSize()
        window = anchor.window()
        at = anchor.mapToGlobal(QPoint(0, y))
        corner = window.mapToGlobal(QPoint(0, 0))
        right = corner.x() + window.width() - self.width() - 8
        self.move(max(corner.x(), min(at.x(), right)), max(corner.y(), at.y()))
        self.show()
