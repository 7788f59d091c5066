"""Sends what the Send tab says to the selected endpoints."""

from PySide6.QtCore import QObject

from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.pages import Pages
from wsmonitor.text import units


class SendActions(QObject):
    """Only what is live can be sent to."""

    def __init__(self, monitor: MonitorView, pages: Pages, controller: Controller, parent: QObject) -> None:
        super().__init__(parent)
        self._monitor, self._table, self._pages, self._controller = monitor, monitor.table, pages, controller
        monitor.tabs.send.send.connect(self._send)

    def _send(self, payload: bytes, text: bool, fill: bool) -> None:
        if self._pages.shows_recording:
            self._pages.say("A recording is shown: close it to send")
            return
        names = self._table.selected_names()
        self._controller.send(names, payload, text=text, fill=fill)
        snapshot, what = self._monitor.snapshot, units.short_size(len(payload))
        if names and snapshot is not None:
            clock = self._monitor.plots.moments.clock(snapshot, snapshot.at_ns, digits=0)
            filled = " (before filling in)" if fill else ""
            where = "" if len(names) == 1 else f" for each of {len(names)} endpoints"
            self._monitor.tabs.send.say_handed_over(f"{what}{filled} handed over at {clock}{where}")
