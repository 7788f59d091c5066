"""The Send tab: text, JSON or hex to the selected endpoints; down means into the buffer, and it says so."""

import json

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.gui.look import words
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.settings.placeholders import message_mistakes, without_placeholders
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible

KINDS = ("Text", "JSON", "Hex")
_PLACEHOLDERS = """\
Filled in when it is sent, for each endpoint by itself:
${seq}  1, 2, 3 … of this endpoint
${conn}  the number of its connection
${ts_ms}  milliseconds since 1970
${iso}  the time, as 2026-01-31T12:00:00.123Z
${uuid}  a new UUID
${env:NAME}  an environment variable
$${  the two characters ${
Unticked, the text goes out exactly as typed."""


class SendTab(QWidget):
    """`send` carries the bytes, whether they are text, and whether its placeholders shall be filled in."""

    send = Signal(bytes, bool, bool)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.edit = described(QPlainTextEdit(self), says="Message")
        self.edit.setFont(look.mono)
        self.edit.setPlaceholderText("Message, sent exactly as typed; placeholders such as ${seq} are filled in")
        self.edit.setTabChangesFocus(True)
        self.kind = described(QComboBox(self), says="Kind of message")
        self.kind.addItems(KINDS)
        self.button = described(QPushButton("Send (Ctrl+Enter)", self), look="primary")
        self.fill = described(QCheckBox("fill in ${…}", self), hint=words.plain(_PLACEHOLDERS))
        self.fill.setChecked(True)
        self.fill.setAccessibleName("Fill in placeholders")
        self.fill.setAccessibleDescription(_PLACEHOLDERS)
        self.snippets = QPushButton("Snippets…", self)
        self.snippets.setToolTip("Texts kept for sending (Ctrl+I); keep this one (Ctrl+Shift+I)")
        self.note = plain_label(self, name="muted", wraps=True)
        row = in_row(self.kind, self.button, self.fill, self.snippets, (self.note, 1))
        in_column((self.edit, 1), row, within=self, margins=(10, 8, 10, 8))
        self.button.clicked.connect(self.submit)
        for key in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.submit)
        self.edit.textChanged.connect(self._forget_problem)
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self._problem = ""
        self._done = ""
        self._names: list[str] = []

    @property
    def text(self) -> str:
        """What is in the field, character by character: `toPlainText` would change some."""
        return self.edit.document().toRawText().replace("\u2029", "\n")

    def put(self, text: str, kind: str, *, at_cursor: bool = False) -> None:
        """Have `text` in the field, as something that its Ctrl+Z takes back; `at_cursor` leaves the rest there."""
        cursor = self.edit.textCursor()
        if not at_cursor:
            cursor.select(QTextCursor.SelectionType.Document)
            self.kind.setCurrentText(kind)
        cursor.insertText(text)
        self.edit.setTextCursor(cursor)
        if not at_cursor and self.text != text:
            self._complain("The field cannot hold its CR characters: lines end with LF. Hex sends any bytes")

    def show_target(self, views: list[EndpointView]) -> None:
        """Say where a message would go now."""
        self.button.setEnabled(bool(views))
        names = [view.name for view in views]
        if names != self._names:
            self._names, self._done = names, ""
        if not self._problem:
            self._say(". ".join(filter(None, (self._done, _target_text(views)))), "good" if self._done else "muted")

    def say_handed_over(self, text: str) -> None:
        """Say what was done with the last message, until the text or the endpoints change."""
        self._done = text
        self._say(text, "good")

    def submit(self) -> None:
        """Send what is in the field, or say why it cannot be."""
        text, kind = self.text, self.kind.currentText()
        fill = self.fill.isChecked() and kind != "Hex" and "${" in text
        try:
            payload, is_text = encode_message(text, kind, fill=fill)
        except ValueError as error:
            self._complain(str(error))
            return
        self.send.emit(payload, is_text, fill)

    def _kind_changed(self) -> None:
        self.fill.setEnabled(self.kind.currentText() != "Hex")
        self._forget_problem()

    def _forget_problem(self) -> None:
        self._problem = self._done = ""

    def _complain(self, problem: str) -> None:
        self._problem, self._done = problem, ""
        self._say(problem, "error")

    def _say(self, text: str, name: str) -> None:
        if self.note.text() != text:
            self.note.setText(text)
        if self.note.objectName() != name:
            self.note.setObjectName(name)
            self.note.style().unpolish(self.note)
            self.note.style().polish(self.note)


def encode_message(text: str, kind: str, *, fill: bool = False) -> tuple[bytes, bool]:
    """Bytes to send and whether they are text; with `fill` the placeholders are checked, and stay in it.

    Raises `ValueError` with what is wrong and an example.
    """
    if kind == "Hex":
        try:
            return bytes.fromhex(text), False
        except ValueError as error:
            raise ValueError(f"expected pairs of hex digits, such as 48 65 6c: {error}") from error
    if fill and (mistakes := message_mistakes(text)):
        raise ValueError(visible("; ".join(mistakes), 300))
    if kind == "JSON":
        try:
            json.loads(without_placeholders(text) if fill else text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f'not JSON, such as {{"type": "ping"}}: {error}') from error
    try:
        return text.encode(), True
    except UnicodeEncodeError as error:
        raise ValueError(f"a text message is UTF-8: character {error.start + 1} is half of a surrogate pair") from error


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
    buffered = units.short_count(sum(view.buffered for view in views))
    return f"To {names}. {whole}: the message waits in the buffer ({buffered} there) until it is open again"
