"""Connects what is said of taps with the clipboard and the controller."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.events import EVERYTHING, OFF
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.look.words import client_title
from wsmonitor.gui.tap.fault_menu import FaultMenu
from wsmonitor.gui.tap.fault_words import FaultWords
from wsmonitor.gui.tap.used_faults import UsedFault
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.toolbar import Toolbar
from wsmonitor.settings.tap_faults import FaultKind


class TapActions(QObject):
    """The faults in the menu `disconnect` of the selected taps, their switches, and the bar below their tables."""

    def __init__(
        self, disconnect: QMenu, toolbar: Toolbar, monitor: MonitorView, controller: Controller, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._toolbar, self._monitor, self._controller = toolbar, monitor, controller
        self.faults = FaultMenu(disconnect)
        self.words = FaultWords(parent)
        disconnect.aboutToShow.connect(self._show_menu)
        monitor.table.selection_changed.connect(self._choose_client)
        self.faults.chosen.connect(self._put)
        self.faults.words_wanted.connect(self._ask)
        self.words.accepted.connect(self._put)
        monitor.tap.copy_pressed.connect(self._copy)
        monitor.faults.off_pressed.connect(self._all_off)
        monitor.faults.switched.connect(self._switch)
        monitor.faults.more_pressed.connect(toolbar.button("disconnect").showMenu)

    def _choose_client(self) -> None:
        """Faults are for the client that is selected, alone, until all are chosen in the menu."""
        client = self._client()
        self.faults.choose_client("" if client is None else client_title(client))

    def _client(self) -> EndpointView | None:
        """The one client of a tap that is selected; `None` where more or others are."""
        view = self._monitor.current_view()
        is_one = len(self._monitor.table.selected_keys()) == 1
        return view if is_one and view is not None and view.client is not None else None

    @property
    def _slot(self) -> int | None:
        client = self._client()
        return client.slot if client is not None and self.faults.is_for_one else None

    @property
    def _is_live(self) -> bool:
        """Nothing is done to what a recording shows."""
        return self._toolbar.button("disconnect").isEnabled()

    def _show_menu(self) -> None:
        names, taps = self._monitor.table.selected_names(), self._taps()
        view, slot = self._monitor.current_view(), self._slot
        faults = () if view is None or view.tap is None else view.tap.faults
        mine = [one for one in faults if one.slot in (None, slot)]
        self.faults.show_for(taps=bool(taps), others=len(names) > len(taps), faults=mine)

    def _put(self, kind: str, argument: str) -> None:
        self._controller.disrupt(self._taps(), kind, argument, self._slot)

    def _switch(self, fault: UsedFault, is_on: bool) -> None:
        """Of the tap whose list it is, whatever else is selected."""
        view = self._monitor.current_view()
        if view is not None and self._is_live:
            self._controller.disrupt([view.name], fault.kind, fault.argument if is_on else OFF, fault.slot)

    def _ask(self, kind: FaultKind) -> None:
        self.words.ask(kind, self._toolbar.button("disconnect"))

    def _all_off(self) -> None:
        """Those for single clients, too; of the tap whose list it is."""
        view = self._monitor.current_view()
        if view is not None and self._is_live:
            self._controller.disrupt([view.name], EVERYTHING, OFF)

    def _copy(self, url: str) -> None:
        QGuiApplication.clipboard().setText(url)
        self._monitor.notice.say("The tap's URL is on the clipboard: put it where your client has the server's")

    def _taps(self) -> list[str]:
        return [name for name in self._monitor.table.selected_names() if self._controller.is_tap(name)]
