"""Asks what becomes of a recording that has no name yet, before the window closes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QPushButton, QWidget

from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.text.plain_text import visible


class KeepRecording(QDialog):
    """Says what was pressed; closing it means to stay."""

    kept = Signal()
    save_wanted = Signal()
    discarded = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keep the recording?")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.text = plain_label(self, wraps=True)
        self.text.setMinimumWidth(420)
        self.also = QCheckBox(self)
        self.also.setChecked(True)
        self.save = QPushButton("Save as …", self)
        self.keep = QPushButton("Keep it there", self)
        self.keep.setDefault(True)
        self.discard = QPushButton("Throw it away", self)
        self.cancel = QPushButton("Cancel", self)
        row = in_row(self.discard, ..., self.cancel, self.save, self.keep)
        in_column(self.text, self.also, row, within=self)
        self.save.clicked.connect(self._save)
        self.keep.clicked.connect(self._keep)
        self.discard.clicked.connect(self._discard)
        self.cancel.clicked.connect(self.reject)

    def ask(self, what: str, also: str = "") -> None:
        """Ask about the recording that `what` describes, and whether to do something else that is not done yet."""
        self.text.setText(visible(what, 600))
        self.also.setText(visible(also, 120).replace("&", "&&"))
        self.also.setVisible(bool(also))
        self.open()

    def _save(self) -> None:
        self.accept()
        self.save_wanted.emit()

    def _keep(self) -> None:
        self.accept()
        self.kept.emit()

    def _discard(self) -> None:
        self.accept()
        self.discarded.emit()
