"""What this is, and the versions that belong into a bug report."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidget

from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column, in_row

_WHAT = "See who ended a WebSocket connection, how, and why. MIT licence."


class AboutDialog(QDialog):
    """Text that can be selected, and a button that copies it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About wsmonitor")
        title = described(QLabel(_WHAT, self), look="strong")
        self.versions = described(plain_label(self), says="Versions")
        self.versions.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.copy = described(QPushButton("Copy for a bug report", self), look="primary")
        close = QPushButton("Close", self)
        row = in_row(..., self.copy, close)
        in_column(title, self.versions, row, within=self, spacing=12)
        self.copy.clicked.connect(self._copy)
        close.clicked.connect(self.reject)

    def ask(self) -> None:
        """Open with the versions of now."""
        from wsmonitor.gui.help.versions import versions

        self.versions.setText(versions())
        self.copy.setText("Copy for a bug report")
        self.open()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.versions.text())
        self.copy.setText("Copied")
