"""Connects the actions on the selected endpoints with the controller, and a chosen row with the plots."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from wsmonitor.analysis.snapshot import Closure, FailedOpening
from wsmonitor.gui.endpoints.graceful_close import GracefulClose
from wsmonitor.tables.known_codes import EVERYBODYS

if TYPE_CHECKING:
    from wsmonitor.engine.disruptions.disruption import Disruption
    from wsmonitor.gui.window.window import Window


class ConnectionActions(QObject):
    """What the selected endpoints are told to do: dial, stop, drop, send, go."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window, self._controller = window, window.controller
        self._table, self._plots = window.monitor.table, window.monitor.plots
        self.graceful_close = GracefulClose(window)
        actions = window.actions_table
        actions["connect"].triggered.connect(self._connect)
        actions["stop"].triggered.connect(self._stop)
        actions["remove"].triggered.connect(self._remove)
        actions["undo_remove"].triggered.connect(self._controller.undo)
        window.toolbar.disrupt.connect(self._disrupt)
        window.toolbar.words_wanted.connect(self._ask_words)
        self.graceful_close.accepted.connect(self._disrupt)
        window.monitor.tabs.send.send.connect(self._send)
        window.monitor.tabs.row_chosen.connect(self._show_row)
        window.monitor.notice.acted.connect(self._controller.undo)

    def _selected_names(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self._table.selected_keys()))

    def _connect(self) -> None:
        self._controller.connect_now(self._selected_names())

    def _stop(self) -> None:
        self._controller.stop(self._selected_names())

    def _remove(self) -> None:
        self._controller.remove(self._selected_names())

    def _disrupt(self, kind: str, argument: str) -> None:
        self._controller.disrupt(self._selected_names(), kind, argument)

    def _ask_words(self, entry: "Disruption") -> None:
        name = next(iter(self._selected_names()), "")
        config = self._controller.config(name)
        codes = EVERYBODYS if config is None else config.codes
        self.graceful_close.ask(entry, self._window.toolbar.button("disconnect"), codes)

    def _send(self, payload: bytes, text: bool, fill: bool) -> None:
        if self._window.shows_recording:
            self._window.say("A recording is shown: close it to send")
            return
        self._controller.send(self._selected_names(), payload, text=text, fill=fill)

    def _show_row(self, row: object) -> None:
        """A chosen ending moves the plots there; other rows only where the view is held already."""
        at_ns = getattr(row, "at_ns", None)
        if at_ns is None:
            return
        if isinstance(row, Closure | FailedOpening):
            self._table.select((row.endpoint, row.slot))
        if isinstance(row, Closure | FailedOpening) or not self._plots.is_live:
            self._plots.show_moment(at_ns)
