"""The Send tab: text, JSON or hex to the selected endpoints; down means into the buffer, and it says so."""

import json

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.gui import words
from wsmonitor.gui.theme import Look
from wsmonitor.plain_text import visible

KINDS = ("Text", "JSON", "Hex")


class SendTab(QWidget):
    """`send` carries the bytes and whether they are text."""

    send = Signal(bytes, bool)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.edit = QPlainTextEdit(self)
        self.edit.setFont(look.mono)
        self.edit.setPlaceholderText("Message, sent exactly as typed")
        self.edit.setAccessibleName("Message")
        self.edit.setTabChangesFocus(True)
        self.kind = QComboBox(self)
        self.kind.addItems(KINDS)
        self.kind.setAccessibleName("Kind of message")
        self.button = QPushButton("Send (Ctrl+Enter)", self)
        self.button.setObjectName("primary")
        self.note = QLabel(self)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setObjectName("muted")
        self.note.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self.kind)
        row.addWidget(self.button)
        row.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addWidget(self.edit, 1)
        column.addLayout(row)
        self.button.clicked.connect(self.submit)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.submit)
        self.edit.textChanged.connect(self._forget_problem)
        self._problem = ""

    def show_target(self, views: list[EndpointView]) -> None:
        """Say where a message would go now."""
        self.button.setEnabled(bool(views))
        if not self._problem:
            self._say(_target_text(views), "muted")

    def submit(self) -> None:
        """Send what is in the field, or say why it cannot be."""
        try:
            payload, text = encode_message(self.edit.toPlainText(), self.kind.currentText())
        except ValueError as error:
            self._problem = str(error)
            self._say(self._problem, "error")
            return
        self.send.emit(payload, text)

    def _forget_problem(self) -> None:
        self._problem = ""

    def _say(self, text: str, name: str) -> None:
        if self.note.text() != text:
            self.note.setText(text)
        if self.note.objectName() != name:
            self.note.setObjectName(name)
            self.note.style().unpolish(self.note)
            self.note.style().polish(self.note)


def encode_message(text: str, kind: str) -> tuple[bytes, bool]:
    """Bytes to send and whether they are text. Raises `ValueError` with what is wrong and an example."""
    if kind == "Hex":
        try:
            return bytes.fromhex(text), False
        except ValueError as error:
            raise ValueError(f"expected pairs of hex digits, such as 48 65 6c: {error}") from error
    if kind == "JSON":
        try:
            json.loads(text)
        except ValueError as error:
            raise ValueError(f'not JSON, such as {{"type": "ping"}}: {error}') from error
    return text.encode("utf-8", "surrogatepass"), True


def _target_text(views: list[EndpointView]) -> str:
    if not views:
        return "Select an endpoint"
    names = ", ".join(visible(view.name, 60) for view in views[:3]) + (
        f" and {len(views) - 3} more" if len(views) > 3 else ""
    )
    waiting = sum(not view.state.is_open for view in views)
    if not waiting:
        return f"To {names}"
    whole = "It is down" if len(views) == 1 else f"{waiting} of {len(views)} are down"
    buffered = words.count(sum(view.buffered for view in views))
    return f"To {names}. {whole}: the message waits in the buffer ({buffered} there) until it is open again"
