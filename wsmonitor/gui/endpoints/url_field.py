"""A field for a WebSocket URL, or a pasted curl or wscat command; says below it what is wrong, with an example."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from wsmonitor.facts.errors import SettingsError
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.settings.pasted import filled_from, is_command, parse_pasted

_SCHEMES = {"http": "ws", "https": "wss"}


class UrlField(QWidget):
    """`submitted` carries the endpoint that the field describes, once it describes one."""

    submitted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.edit = described(QLineEdit(self), says="WebSocket URL")
        self.edit.setPlaceholderText("ws://localhost:8000/ws, or paste a curl or wscat command")
        self.problem = plain_label(self, wraps=True)
        column = in_column(self.edit, self.problem, within=self, margins=0, spacing=4)
        self.mend = QPushButton(self)
        self.mend.clicked.connect(self._mend)
        column.addWidget(self.mend)
        self.problem.hide()
        self.mend.hide()
        self.setFocusProxy(self.edit)
        self.edit.returnPressed.connect(self.submit)
        self.edit.textChanged.connect(self._changed)

    def endpoint(self) -> EndpointConfig | None:
        """What the field describes; `None`, with the problem shown, where it is nothing that can be dialled."""
        try:
            return parse_pasted(self.edit.text())
        except SettingsError as error:
            self._say(str(error), is_problem=True)
            self._offer(self.edit.text().strip())
            return None

    def submit(self) -> None:
        """Say `submitted`, or what is wrong."""
        if config := self.endpoint():
            self.submitted.emit(config)

    def _offer(self, text: str) -> None:
        """One click makes a WebSocket URL of a page's."""
        scheme, found, rest = text.partition("://")
        if found and scheme.lower() in _SCHEMES:
            self.mend.setText(f"Use {_SCHEMES[scheme.lower()]}://{'…' if rest else ''}")
            self.mend.show()

    def _mend(self) -> None:
        scheme, _, rest = self.edit.text().strip().partition("://")
        self.edit.setText(f"{_SCHEMES.get(scheme.lower(), scheme)}://{rest}")
        self.submit()

    def _changed(self, text: str) -> None:
        """Tell what a pasted command fills in; a URL is judged only once it is submitted."""
        if not is_command(text):
            self._say("", is_problem=False)
            return
        config = self.endpoint()
        if config is not None:
            more = filled_from(config)
            self._say(f"{config.name}{f', with {more}' if more else ''}", is_problem=False)

    def _say(self, text: str, *, is_problem: bool) -> None:
        self.problem.setObjectName("error" if is_problem else "muted")
        self.mend.hide()
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self.edit.setProperty("problem", is_problem)
        for widget in (self.edit, self.problem):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        width = max(self.width(), self.minimumWidth())  # a form gives a wrapped label one line
        self.problem.setMinimumHeight(self.problem.heightForWidth(width) if text else 0)
