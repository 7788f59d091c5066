"""Asks which close code and reason the Close frame shall carry."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QPushButton, QWidget

from wsmonitor.gui.dialogs.popover import Popover

_REASON_BYTES = 123
_NEVER_SENT = (1004, 1005, 1006, 1015)


def close_argument(code: str, reason: str) -> str:
    """`code,reason` for the command. Raises `ValueError` where RFC 6455 (7.4, 5.5) forbids it."""
    if not code.strip().isdigit() or not 1000 <= int(code) <= 4999:
        raise ValueError("expected a code from 1000 to 4999, such as 1000, 1001 or 4000")
    if int(code) in _NEVER_SENT:
        raise ValueError(f"{int(code)} must never be sent in a Close frame (RFC 6455, 7.4.1)")
    if len(reason.encode("utf-8", "replace")) > _REASON_BYTES:
        raise ValueError(f"a reason has at most {_REASON_BYTES} bytes")
    return f"{int(code)},{reason}" if reason else f"{int(code)}"


class GracefulClose(Popover):
    """`accepted` carries the argument of `graceful_close`."""

    accepted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Close with code and reason")
        self.code = QLineEdit("1000", self)
        self.code.setAccessibleName("Close code")
        self.code.setMaximumWidth(80)
        self.reason = QLineEdit(self)
        self.reason.setPlaceholderText("optional, at most 123 bytes")
        self.reason.setMinimumWidth(240)
        self.reason.setAccessibleName("Reason")
        self.problem = QLabel(self)
        self.problem.setObjectName("error")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.hide()
        button = QPushButton("Close the connection", self)
        button.setObjectName("primary")
        form = QFormLayout(self)
        form.setContentsMargins(12, 12, 12, 12)
        form.addRow("Code", self.code)
        form.addRow("Reason", self.reason)
        form.addRow(self.problem)
        form.addRow(button)
        button.clicked.connect(self.submit)
        self.code.returnPressed.connect(self.submit)
        self.reason.returnPressed.connect(self.submit)

    def ask(self, anchor: QWidget) -> None:
        """Open below `anchor`."""
        self.problem.hide()
        self.open_below(anchor)
        self.code.setFocus(Qt.FocusReason.PopupFocusReason)
        self.code.selectAll()

    def submit(self) -> None:
        """Say `accepted`, or what is wrong."""
        try:
            argument = close_argument(self.code.text(), self.reason.text())
        except ValueError as error:
            self.problem.setText(str(error))
            self.problem.show()
            self.adjustSize()
            return
        self.hide()
        self.accepted.emit(argument)
