"""A small frame that explains one thing."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QWidget

from wsmonitor.gui.help.explanations import Explanation
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.popover import Popover

_WIDTH = 460


class ExplanationPopover(Popover):
    """Plain text; Escape or a click elsewhere puts it away."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.heading, self.text = QLabel(self), QLabel(self)
        self.heading.setObjectName("strong")
        column = in_column(within=self, margins=(14, 12, 14, 12), spacing=8)
        for label in (self.heading, self.text):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setFixedWidth(_WIDTH)
            column.addWidget(label)

    def explain(self, explanation: Explanation, at: QPoint) -> None:
        """Show it at the global point `at`, within the screen."""
        self.heading.setText(explanation.heading)
        self.text.setText(explanation.text)
        self.setAccessibleName(f"{explanation.heading}. {explanation.text}")
        self.adjustSize()
        room = self.screen().availableGeometry()
        x = max(room.left(), min(at.x(), room.right() - self.width()))
        y = max(room.top(), min(at.y(), room.bottom() - self.height()))
        self.move(x, y)
        self.show()
