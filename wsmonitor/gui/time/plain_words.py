"""A piece of plain text to read, select and copy."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QWidget

from wsmonitor.gui.look.labels import described
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.popover import Popover


class PlainWords(Popover):
    """Escape or a click elsewhere puts it away."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        heading = described(QLabel(title, self), look="strong")
        self.text = described(QPlainTextEdit(self), says=title)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.text.setMinimumSize(640, 300)
        self.copy = described(QPushButton("Copy all", self), look="primary")
        self.copy.setToolTip("Put the whole text on the clipboard")
        row = in_row(heading, ..., self.copy)
        in_column(row, self.text, within=self, margins=(12, 10, 12, 12))
        self.copy.clicked.connect(self._copy)

    def tell(self, text: str, anchor: QWidget) -> None:
        """Show `text` over the upper left corner of `anchor`."""
        self.text.setPlainText(text)
        self.copy.setText("Copy all")
        self.open_over(anchor)
        self.text.setFocus(Qt.FocusReason.PopupFocusReason)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText("Copied")
