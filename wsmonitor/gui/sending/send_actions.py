"""Sends what the Send tab says to the selected endpoints."""

from PySide6.QtCore import QObject

from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.pages import Pages


class SendActions(QObject):
    """Only what is live can be sent to."""

    def __init__(self, monitor: MonitorView, pages: Pages, controller: Controller, parent: QObject) -> None:
        super().__init__(parent)
        self._table, self._pages, self._controller = monitor.table, pages, controller
        monitor.tabs.send.send.connect(self._send)

    def _send(self, payload: bytes, text: bool, fill: bool) -> None:
        if self._pages.shows_recording:
            self._pages.say("A recording is shown: close it to send")
            return
        self._controller.send(self._table.selected_names(), payload, text=text, fill=fill)
