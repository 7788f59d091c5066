"""Asks which close code and reason the Close frame shall carry."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QPushButton, QWidget

from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.popover import Popover
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes
from wsmonitor.text.wording.code_words import explain_code

if TYPE_CHECKING:
    from wsmonitor.engine.disruptions.disruption import Disruption


class GracefulClose(Popover):
    """`accepted` carries kind and argument, once the disruption itself can read the argument."""

    accepted = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entry: Disruption | None = None
        self._codes = EVERYBODYS
        self.setAccessibleName("Close with code and reason")
        self.code = QLineEdit("1000", self)
        self.code.setAccessibleName("Close code")
        self.code.setMaximumWidth(80)
        self.reason = QLineEdit(self)
        self.reason.setPlaceholderText("optional, at most 123 bytes")
        self.reason.setMinimumWidth(240)
        self.reason.setAccessibleName("Reason")
        self.meaning = plain_label(self, name="muted")
        self.problem = plain_label(self, name="error", wraps=True)
        self.problem.hide()
        button = QPushButton("Close the connection", self)
        button.setObjectName("primary")
        form = QFormLayout(self)
        form.setContentsMargins(12, 12, 12, 12)
        form.addRow("Code", self.code)
        form.addRow("", self.meaning)
        form.addRow("Reason", self.reason)
        form.addRow(self.problem)
        form.addRow(button)
        button.clicked.connect(self.submit)
        self.code.textChanged.connect(self._explain)
        self._explain()
        self.code.returnPressed.connect(self.submit)
        self.reason.returnPressed.connect(self.submit)

    def ask(self, entry: "Disruption", anchor: QWidget, codes: CloseCodes) -> None:
        """Open below `anchor`; `codes` say what close codes mean at the endpoint."""
        self._entry, self._codes = entry, codes
        self._explain()
        self.problem.hide()
        self.open_below(anchor)
        self.code.setFocus(Qt.FocusReason.PopupFocusReason)
        self.code.selectAll()

    def _explain(self) -> None:
        """Say what the code means while it is typed."""
        code = self.code.text().strip()
        self.meaning.setText(
            "\n".join(explain_code(int(code), self._codes).splitlines()[:2]) if code.isdecimal() else ""
        )

    def submit(self) -> None:
        """Say `accepted`, or what is wrong."""
        if self._entry is None:
            return
        argument = self.code.text().strip() + (f",{self.reason.text()}" if self.reason.text() else "")
        try:
            self._entry.parse(argument)
        except ValueError as error:
            self.problem.setText(str(error))
            self.problem.show()
            self.adjustSize()
            return
        self.hide()
        self.accepted.emit(self._entry.kind, argument)
