"""Connects the actions on the selected endpoints with the controller."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wsmonitor.gui.endpoints.disconnect_menu import DisconnectMenu
from wsmonitor.gui.endpoints.endpoint_table import EndpointTable
from wsmonitor.gui.endpoints.graceful_close import GracefulClose
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.toolbar import Toolbar
from wsmonitor.tables.known_codes import EVERYBODYS

if TYPE_CHECKING:
    from wsmonitor.engine.disruptions.disruption import Disruption


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
