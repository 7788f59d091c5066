"""Asks for a new endpoint: a URL or a pasted command, and a name where the URL is not enough."""

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QLineEdit, QPushButton, QWidget

from wsmonitor.gui.editor import draft
from wsmonitor.gui.editor.fields import all_fields
from wsmonitor.gui.editor.inputs import TextInput
from wsmonitor.gui.endpoints.url_field import UrlField
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_row
from wsmonitor.gui.look.popover import Popover
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig

_INTERVAL = ("ping", "interval_s")
_LISTEN = ("tap", "listen")
_TAP_HINT = "Listen on this machine, and see what your own programs say to the URL above through here"


class AddEndpoint(Popover):
    """`accepted` carries the `EndpointConfig`; `editor_wanted` too, or `None` where there is no URL yet."""

    accepted = Signal(object)
    editor_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("New endpoint")
        self.url = UrlField(self)
        self.url.setMinimumWidth(400)
        self.name = described(QLineEdit(self), says="Name")
        self.name.setPlaceholderText("optional: the URL is used")
        self.interval = TextInput(next(field for field in all_fields() if field.place == _INTERVAL), self)
        self.problem = plain_label(self, name="error")
        self.problem.hide()
        self.verify = QCheckBox("check the certificate of wss://", self)
        self.verify.setChecked(True)
        self.tap = described(QCheckBox("Tap: my own programs connect, through port", self), hint=_TAP_HINT)
        self.port = described(QLineEdit(self), says="Port of the tap")
        self.port.setPlaceholderText("a free one")
        self.port.setMaximumWidth(90)
        self.port.setMaxLength(5)
        self.port.setEnabled(False)
        tap = in_row(self.tap, self.port, ...)
        self.button = button = QPushButton("Connect", self)
        button.setObjectName("primary")
        more = QPushButton("All settings…", self)
        more.setToolTip("Headers, subprotocols, TLS files, heartbeats, limits, and a test before it is added")
        buttons = in_row(more, (button, 1))
        form = QFormLayout(self)
        form.setContentsMargins(12, 12, 12, 12)
        form.addRow("URL", self.url)
        form.addRow("Name", self.name)
        form.addRow("Ping every", self.interval)
        form.addRow("", tap)
        form.addRow(self.problem)
        form.addRow("TLS", self.verify)
        form.addRow(buttons)
        self.setTabOrder(more, button)
        button.clicked.connect(self.submit)
        more.clicked.connect(self._open_editor)
        self.url.submitted.connect(self.submit)
        self.url.edit.textChanged.connect(self._fit)
        self.name.returnPressed.connect(self.submit)
        self.port.returnPressed.connect(self.submit)
        self.tap.toggled.connect(self._show_tap)

    def ask(self, anchor: QWidget) -> None:
        """Open below `anchor`."""
        self.open_below(anchor)
        self.url.edit.setFocus(Qt.FocusReason.PopupFocusReason)
        self.url.edit.selectAll()

    def submit(self) -> None:
        """Say `accepted`, or what is wrong with the URL."""
        config = self._endpoint()
        self._fit()
        if config is not None:
            self.hide()
            self._clear()
            self.accepted.emit(config)

    def _open_editor(self) -> None:
        config = self._endpoint() if self.url.edit.text().strip() else None
        self._fit()
        if config is not None or not self.url.edit.text().strip():
            self.hide()
            self._clear()
            self.editor_wanted.emit(config)

    def _endpoint(self) -> EndpointConfig | None:
        pasted = self.url.endpoint()
        if pasted is None:
            return None
        interval_s, tap = None if self.tap.isChecked() else self.interval.value(), self._tap()
        entered: dict[str, object] = {"url": pasted.url}
        if interval_s is not None:
            entered["ping"] = {"interval_s": interval_s}
        if tap is not None:
            entered["tap"] = {"listen": tap.listen}
        mistakes = draft.mistakes(entered)
        mistake = mistakes.get(_INTERVAL, "") or mistakes.get(_LISTEN, "")
        if tap is not None and tap.listen < 0:
            mistake = f"expected a port from 1 to 65535, or nothing for a free one, found {self.port.text()[:20]!r}"
        self.problem.setText(mistake)
        self.problem.setVisible(bool(mistake))
        if mistake:
            return None
        return replace(
            pasted,
            name=self.name.text().strip() or pasted.name,
            ping=pasted.ping if interval_s is None else replace(pasted.ping, interval_s=float(interval_s)),
            tls=replace(pasted.tls, verify=pasted.tls.verify and self.verify.isChecked()),
            tap=tap,
        )

    def _clear(self) -> None:
        """The next endpoint has nothing of this one."""
        self.url.edit.clear()
        self.name.clear()
        self.interval.show_value(None)
        self.verify.setChecked(True)
        self.tap.setChecked(False)
        self.port.clear()

    def _tap(self) -> TapConfig | None:
        """The tap that is asked for; its port is negative where what was typed is none."""
        if not self.tap.isChecked():
            return None
        text = self.port.text().strip()
        return TapConfig(listen=(int(text) if text.isdecimal() and text.isascii() else -1) if text else 0)

    def _show_tap(self, is_tap: bool) -> None:
        self.port.setEnabled(is_tap)
        self.interval.setEnabled(not is_tap)
        self.button.setText("Listen" if is_tap else "Connect")

    def _fit(self) -> None:
        self.adjustSize()
