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
        self.adjustSize()
        window = anchor.window()
        at = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        right = window.mapToGlobal(QPoint(window.width(), 0)).x()
        self.move(max(window.mapToGlobal(QPoint(0, 0)).x(), min(at.x(), right - self.width() - 8)), at.y())
        self.show()
