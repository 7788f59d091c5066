"""Connects the actions on the selected endpoints with the controller."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QPushButton, QWidget

from wsmonitor.gui.endpoints.disconnect_menu import DisconnectMenu
from wsmonitor.gui.endpoints.endpoint_table import EndpointTable
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.popover import Popover
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.toolbar import Toolbar
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
        self.code = described(QLineEdit("1000", self), says="Close code")
        self.code.setMaximumWidth(80)
        self.reason = described(QLineEdit(self), says="Reason")
        self.reason.setPlaceholderText("optional, at most 123 bytes")
        self.reason.setMinimumWidth(240)
        self.meaning = plain_label(self, name="muted")
        self.problem = plain_label(self, name="error", wraps=True)
        self.problem.hide()
        button = described(QPushButton("Close the connection", self), look="primary")
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


class ConnectionActions(QObject):
    """What the selected endpoints are told to do: dial, stop, drop, go."""

    def __init__(
        self,
        actions: Actions,
        disconnect: DisconnectMenu,
        toolbar: Toolbar,
        *,
        table: EndpointTable,
        controller: Controller,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._toolbar, self._table, self._controller = toolbar, table, controller
        self.graceful_close = GracefulClose(parent)
        actions["connect"].triggered.connect(self._connect)
        actions["stop"].triggered.connect(self._stop)
        actions["remove"].triggered.connect(self._remove)
        actions["undo_remove"].triggered.connect(self._controller.undo)
        disconnect.chosen.connect(self._disrupt)
        disconnect.words_wanted.connect(self._ask_words)
        toolbar.hold_off.connect(partial(self._disrupt, "hold_off"))
        self.graceful_close.accepted.connect(self._disrupt)

    def _connect(self) -> None:
        self._controller.connect_now(self._table.selected_names())

    def _stop(self) -> None:
        self._controller.stop(self._table.selected_names())

    def _remove(self) -> None:
        self._controller.remove(self._table.selected_names())

    def _disrupt(self, kind: str, argument: str) -> None:
        """Our own connections: those through a tap have faults of their own."""
        names = self._table.selected_names()
        own = [name for name in names if not self._controller.is_tap(name)]
        if names and not own:
            self._controller.failed.emit("A tap holds no connection of its own: Disconnect has its faults, on the way")
        self._controller.disrupt(own, kind, argument)

    def _ask_words(self, entry: "Disruption") -> None:
        name = next(iter(self._table.selected_names()), "")
        config = self._controller.config(name)
        codes = EVERYBODYS if config is None else config.codes
        self.graceful_close.ask(entry, self._toolbar.button("disconnect"), codes)
