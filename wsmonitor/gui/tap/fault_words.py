"""Asks how much of a fault on the way, where the menu has not what is wanted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QPushButton, QWidget

from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.popover import Popover
from wsmonitor.settings.tap_faults import FaultKind, argument_mistake

_SIDES = {
    "bytes": "up: from your client, down: from the server; p=0.3: of three connections in ten; for=10s",
    "frames": "up: from your client, down: from the server; p=0.3: of three connections in ten; for=10s",
    "legs": "client, server or both: on which side; p=0.3: of three connections in ten",
    "openings": "for=30s: so long; n=3: so many openings",
}


class FaultWords(Popover):
    """`accepted` carries kind and argument, once the fault can read the argument."""

    accepted = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._kind: FaultKind | None = None
        self.title = plain_label(self, name="strong", wraps=True)
        self.hint = plain_label(self, name="muted", wraps=True)
        self.argument = described(QLineEdit(self), says="How much, and where")
        self.argument.setMinimumWidth(260)
        self.argument.setMaxLength(300)
        self.problem = plain_label(self, name="error", wraps=True)
        self.problem.hide()
        button = described(QPushButton("Put it on the way", self), look="primary")
        form = QFormLayout(self)
        form.setContentsMargins(12, 12, 12, 12)
        for widget in (self.title, self.argument, self.hint, self.problem, button):
            form.addRow(widget)
        button.clicked.connect(self.submit)
        self.argument.returnPressed.connect(self.submit)

    def ask(self, kind: FaultKind, anchor: QWidget) -> None:
        """Open below `anchor`."""
        self._kind = kind
        self.setAccessibleName(kind.title)
        self.title.setText(f"{kind.title}: {kind.hint}")
        self.hint.setText(
            "\n".join(filter(None, (f"Example: {kind.example or kind.default}", _SIDES.get(kind.acts_on))))
        )
        self.argument.setText(kind.default)
        self.problem.hide()
        self.open_below(anchor)
        self.argument.setFocus(Qt.FocusReason.PopupFocusReason)
        self.argument.selectAll()

    def submit(self) -> None:
        """Say `accepted`, or what is wrong."""
        if self._kind is None:
            return
        argument = self.argument.text().strip()
        mistake = argument_mistake(self._kind.kind, argument)
        self.problem.setText(mistake)
        self.problem.setVisible(bool(mistake))
        self.adjustSize()
        if not mistake:
            self.hide()
            self.accepted.emit(self._kind.kind, argument)
