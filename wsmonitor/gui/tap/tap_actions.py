"""Connects what is said of taps with the clipboard and the controller."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.tap.fault_menu import FaultMenu
from wsmonitor.gui.tap.fault_words import FaultWords
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.toolbar import Toolbar
from wsmonitor.settings.tap_faults import EVERYTHING, OFF, FaultKind


class TapActions(QObject):
    """The faults in the menu `disconnect` of the selected taps, and the bar above their plots."""

    def __init__(
        self, disconnect: QMenu, toolbar: Toolbar, monitor: MonitorView, controller: Controller, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._toolbar, self._monitor, self._controller = toolbar, monitor, controller
        self.faults = FaultMenu(disconnect)
        self.words = FaultWords(parent)
        disconnect.aboutToShow.connect(self._show_menu)
        self.faults.chosen.connect(self._put)
        self.faults.words_wanted.connect(self._ask)
        self.words.accepted.connect(self._put)
        monitor.tap.copy_pressed.connect(self._copy)
        monitor.tap.off_pressed.connect(self._all_off)

    def _show_menu(self) -> None:
        names, taps = self._monitor.table.selected_names(), self._taps()
        view = self._monitor.current_view()
        faults = () if view is None or view.tap is None else view.tap.faults
        self.faults.show_for(taps=bool(taps), others=len(names) > len(taps), faults=faults)

    def _put(self, kind: str, argument: str) -> None:
        self._controller.disrupt(self._taps(), kind, argument)

    def _ask(self, kind: FaultKind) -> None:
        self.words.ask(kind, self._toolbar.button("disconnect"))

    def _all_off(self) -> None:
        """Of the tap whose bar it is, whatever else is selected."""
        view = self._monitor.current_view()
        if view is not None:
            self._controller.disrupt([view.name], EVERYTHING, OFF)

    def _copy(self, url: str) -> None:
        QGuiApplication.clipboard().setText(url)
        self._monitor.notice.say("The tap's URL is on the clipboard: put it where your client has the server's")

    def _taps(self) -> list[str]:
        return [name for name in self._monitor.table.selected_names() if self._controller.is_tap(name)]
