"""One message in full: as JSON, as text, as bytes. Plain text only; what was cut is said."""

import json

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QPushButton, QWidget

from wsmonitor.analysis.log import LogRow
from wsmonitor.facts.events import Control, Message
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible

FORMS = ("Auto", "JSON", "Text", "Hex")
_LINE = 4000
_BYTES_A_LINE = (16, 8, 4)
_MARGIN = 8
"""Pixels around a line of text in its field."""


class Inspector(QWidget):
    """Shows the message of the row that was chosen last."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._payload = b""
        self._is_text = True
        self._width = 0
        """Characters of a line for which the text was made."""
        self.title = plain_label(self, name="muted")
        self.form = described(QComboBox(self), says="Show the message as")
        self.form.addItems(FORMS)
        self._close = described(QPushButton("Close", self), look="flat")
        self.text = described(QPlainTextEdit(self), says="Message")
        self.text.setReadOnly(True)
        self.text.setFont(look.mono_small)
        top = in_row((self.title, 1), self.form, self._close)
        in_column(top, (self.text, 1), within=self, margins=(6, 2, 8, 4), spacing=3)
        self.form.currentIndexChanged.connect(self._show)
        self._close.clicked.connect(self.hide)

    def inspect(self, row: LogRow) -> None:
        """Show this message."""
        event = row.event
        if not isinstance(event, Message | Control):
            return
        self._payload = event.payload
        self._is_text = event.opcode in (1, 8)
        size = event.size_bytes if isinstance(event, Message) else len(event.payload)
        cut = f", first {units.short_size(len(event.payload))} kept" if size > len(event.payload) else ""
        self.title.setText(f"{'↓' if event.direction == 'rx' else '↑'} {units.short_size(size)}{cut}")
        self.show()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Bytes are written in lines that fit."""
        super().resizeEvent(event)
        if self._payload and self._characters != self._width:
            self._show()

    @property
    def _characters(self) -> int:
        """How many a line has room for."""
        bar = self.text.verticalScrollBar().sizeHint().width()
        room = self.text.width() - 2 * self.text.frameWidth() - bar - _MARGIN
        return room // max(1, self.text.fontMetrics().horizontalAdvance("0"))

    def _show(self) -> None:
        self._width = self._characters
        form = self.form.currentText()
        self.text.setPlainText(format_payload(self._payload, form, is_text=self._is_text, width=self._width))


def format_payload(payload: bytes, form: str, *, is_text: bool, width: int = 80) -> str:
    """`payload` in one of `FORMS`; every character that could mislead is made visible.

    Lines of bytes take at most `width` characters, as far as there is room for four bytes.
    """
    if form == "Auto":
        form = "JSON" if is_text and _is_json(payload) else ("Text" if is_text else "Hex")
    if form == "Hex":
        return _hex_dump(payload, width)
    if form == "JSON":
        try:
            pretty = json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError) as error:
            return f"not JSON: {error}\n\n{_lines(payload)}"
        return _visible_lines(pretty)
    return _lines(payload)


def _is_json(payload: bytes) -> bool:
    try:
        json.loads(payload)
    except (ValueError, RecursionError):
        return False
    return True


def _lines(payload: bytes) -> str:
    return _visible_lines(payload.decode("utf-8", "replace"))


def _visible_lines(text: str) -> str:
    return "\n".join(visible(line, _LINE) for line in text.split("\n"))


def _hex_dump(payload: bytes, width: int) -> str:
    many = next((many for many in _BYTES_A_LINE if 4 * many + 9 <= width), _BYTES_A_LINE[-1])
    rows = []
    for start in range(0, len(payload), many):
        part = payload[start : start + many]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        rows.append(f"{start:06x}  {part.hex(' '):<{3 * many - 1}}  {letters}")
    return "\n".join(rows)
