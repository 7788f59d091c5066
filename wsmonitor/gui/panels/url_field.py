"""A field for a WebSocket URL that says below it what is wrong, with an example."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from wsmonitor.errors import SettingsError
from wsmonitor.websocket_url import parse_url


class UrlField(QWidget):
    """`submitted` carries the URL in its full form, once it is one."""

    submitted = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText("ws://localhost:8000/ws")
        self.edit.setAccessibleName("WebSocket URL")
        self.problem = QLabel(self)
        self.problem.setObjectName("error")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.edit)
        column.addWidget(self.problem)
        self.problem.hide()
        self.setFocusProxy(self.edit)
        self.edit.returnPressed.connect(self.submit)
        self.edit.textEdited.connect(self._forget_problem)

    def url(self) -> str:
        """The URL in its full form; empty, with the problem shown, where it is none."""
        try:
            return parse_url(self.edit.text().strip())
        except SettingsError as error:
            self._show_problem(str(error))
            return ""

    def submit(self) -> None:
        """Say `submitted`, or what is wrong."""
        if url := self.url():
            self.submitted.emit(url)

    def _show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()
        self._mark(problem=True)

    def _forget_problem(self) -> None:
        self.problem.hide()
        self._mark(problem=False)

    def _mark(self, *, problem: bool) -> None:
        self.edit.setProperty("problem", problem)
        self.edit.style().unpolish(self.edit)
        self.edit.style().polish(self.edit)
