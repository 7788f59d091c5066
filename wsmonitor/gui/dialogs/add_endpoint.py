"""Asks for another endpoint: a URL, and a name where the URL is not enough."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QFormLayout, QLabel, QLineEdit, QPushButton, QWidget

from wsmonitor.config import EndpointConfig, PingConfig, TlsConfig
from wsmonitor.gui.dialogs.popover import Popover
from wsmonitor.gui.panels.url_field import UrlField
from wsmonitor.redact import redact_url


class AddEndpoint(Popover):
    """`accepted` carries the `EndpointConfig`."""

    accepted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("New endpoint")
        self.url = UrlField(self)
        self.url.setMinimumWidth(360)
        self.name = QLineEdit(self)
        self.name.setPlaceholderText("optional: the URL is used")
        self.name.setAccessibleName("Name")
        self.interval = QDoubleSpinBox(self)
        self.interval.setRange(0.05, 3600.0)
        self.interval.setValue(PingConfig().interval_s)
        self.interval.setSuffix(" s")
        self.interval.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.interval.setAccessibleName("Ping interval")
        self.verify = QCheckBox("check the certificate of wss://", self)
        self.verify.setChecked(True)
        hint = QLabel("Everything else can be set in a workspace file (--workspace).", self)
        hint.setObjectName("muted")
        button = QPushButton("Connect", self)
        button.setObjectName("primary")
        form = QFormLayout(self)
        form.setContentsMargins(12, 12, 12, 12)
        form.addRow("URL", self.url)
        form.addRow("Name", self.name)
        form.addRow("Ping every", self.interval)
        form.addRow("TLS", self.verify)
        form.addRow(hint)
        form.addRow(button)
        button.clicked.connect(self.submit)
        self.url.submitted.connect(self.submit)
        self.name.returnPressed.connect(self.submit)

    def ask(self, anchor: QWidget) -> None:
        """Open below `anchor`."""
        self.open_below(anchor)
        self.url.edit.setFocus(Qt.FocusReason.PopupFocusReason)
        self.url.edit.selectAll()

    def submit(self) -> None:
        """Say `accepted`, or what is wrong with the URL."""
        url = self.url.url()
        if not url:
            self.adjustSize()
            return
        self.hide()
        self.accepted.emit(
            EndpointConfig(
                name=self.name.text().strip() or redact_url(url),
                url=url,
                ping=PingConfig(interval_s=self.interval.value()),
                tls=TlsConfig(verify=self.verify.isChecked()),
            )
        )
