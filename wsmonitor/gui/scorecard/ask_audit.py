"""Asks how a client is to be tested, and which messages it sends first."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QRadioButton, QWidget

from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.popover import Popover

_LINES = 4
_WHAT = (
    "Your client's connection is broken in one way after the other, through this tap. Each fault ends by itself, and "
    "is followed by time to recover. A client that is connected now is cut once before, to see how it begins. Stop "
    "ends the test at any time; your client is left connected."
)
_FIRST = "What it sends first on each connection (its subscription), a message a line. Empty: that is learned."


class AskAudit(Popover):
    """`accepted` says whether only the quick faults are played, and the messages, `None` for those to be learned."""

    accepted = Signal(bool, object)
    said = Signal(object)
    """The messages alone, of a test that runs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Test this client")
        self._is_running = False
        self.what = plain_label(self, _WHAT, wraps=True)
        self.quick = QRadioButton("Six faults that tell most: about 3 minutes", self)
        self.all = QRadioButton("All faults: about 10 minutes, 90 s more for each from which it does not recover", self)
        self.quick.setChecked(True)
        self.first = plain_label(self, _FIRST, wraps=True)
        self.messages = QPlainTextEdit(self)
        self.messages.setAccessibleName("First messages of the client")
        self.messages.setTabChangesFocus(True)
        self.messages.setPlaceholderText('{"type": "subscribe", "topic": "prices"}')
        self.messages.setFixedHeight(self.messages.fontMetrics().lineSpacing() * _LINES + 14)
        self.messages.setMinimumWidth(440)
        self.button = QPushButton(self)
        self.button.setObjectName("primary")
        in_column(self.what, self.quick, self.all, self.first, self.messages, self.button, within=self, margins=12)
        self.button.clicked.connect(self.submit)

    def ask(self, anchor: QWidget) -> None:
        """Open below `anchor`, for a test that is to begin."""
        self._open(anchor, is_running=False, messages=())

    def ask_messages(self, anchor: QWidget, messages: tuple[str, ...]) -> None:
        """Open over `anchor`, for the first messages of a test that runs; `messages` were learned."""
        self._open(anchor, is_running=True, messages=messages)

    def submit(self) -> None:
        """Say what was chosen."""
        lines = tuple(line for line in self.messages.toPlainText().splitlines() if line.strip())
        self.hide()
        if self._is_running:
            self.said.emit(lines)
        else:
            self.accepted.emit(self.quick.isChecked(), lines or None)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Return submits, but for a new line among the messages."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submit()
        else:
            super().keyPressEvent(event)

    def _open(self, anchor: QWidget, *, is_running: bool, messages: tuple[str, ...]) -> None:
        self._is_running = is_running
        for widget in (self.what, self.quick, self.all):
            widget.setVisible(not is_running)
        self.messages.setPlainText("\n".join(messages))
        self.button.setText("Use these from now on" if is_running else "Test this client")
        if is_running:
            self.open_above(anchor)
        else:
            self.open_below(anchor)
        (self.messages if is_running else self.button).setFocus(Qt.FocusReason.PopupFocusReason)
