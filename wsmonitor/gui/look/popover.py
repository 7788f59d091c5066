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
        """Show it under `anchor`, within the window and the screen."""
        self._open_at(anchor, anchor.height() + 4)

    def open_above(self, anchor: QWidget) -> None:
        """Show it over `anchor`, within the window and the screen."""
        self.adjustSize()
        self._open_at(anchor, -self.height() - 4)

    def open_over(self, anchor: QWidget) -> None:
        """Show it on top of `anchor`, at its upper edge."""
        self._open_at(anchor, 8)

    def _open_at(self, anchor: QWidget, y: int) -> None:
        self.adjustSize()
        window, screen = anchor.window(), anchor.screen().availableGeometry()
        at = anchor.mapToGlobal(QPoint(0, y))
        corner = window.mapToGlobal(QPoint(0, 0))
        x = _between(at.x(), corner.x(), corner.x() + window.width() - self.width() - 8)
        self.move(
            _between(x, screen.left(), screen.right() - self.width()),
            _between(max(at.y(), corner.y()), screen.top(), screen.bottom() - self.height()),
        )
        self.show()


def _between(wanted: int, least: int, most: int) -> int:
    """`least` wins where both cannot be kept: what is read first stays in sight."""
    return max(least, min(wanted, most))
