"""Connects the lab's menu, the picker and the banner with the lab."""

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from wsmonitor.gui.lab.lab_control import TAP, LabControl
from wsmonitor.gui.lab.lab_menu import LabMenu
from wsmonitor.gui.lab.scenario_picker import ScenarioPicker
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.toolbar import Toolbar

_LOOK_MS, _LOOKS = 100, 100
"""A lab and a tap that do not come within ten seconds will not."""


class LabActions(QObject):
    """Owns the menu and the picker; what they choose goes to `LabControl`."""

    def __init__(self, lab: LabControl, toolbar: Toolbar, monitor: MonitorView, parent: QWidget) -> None:
        super().__init__(parent)
        self._lab, self._monitor = lab, monitor
        self._looks_left = 0
        self._button = toolbar.button("lab")
        self._waiting = QTimer(self)
        self._waiting.setInterval(_LOOK_MS)
        self._waiting.timeout.connect(self._open_tapped_page)
        self.menu = LabMenu(parent)
        self.picker = ScenarioPicker(parent)
        toolbar.add_menu("lab", self.menu)
        self.menu.endpoints.triggered.connect(self._lab.start)
        self.menu.story_chosen.connect(self._lab.play)
        self.menu.scenario.triggered.connect(self._ask_scenario)
        self.menu.page.triggered.connect(self._open_page)
        self.menu.tapped.triggered.connect(self._open_through_tap)
        self.menu.stop.triggered.connect(self._lab.stop)
        self.picker.chosen.connect(self._lab.add_scenario)
        self._lab.changed.connect(self._show_running)
        self._lab.shown.connect(self._show_endpoint)
        self._monitor.table.selection_changed.connect(self._show_part)
        self._monitor.story.other_wanted.connect(self._show_endpoint)

    def _ask_scenario(self) -> None:
        self._lab.load_scenarios()
        self._show_running()
        self.picker.ask(self._button)

    def _open_page(self) -> None:
        if self._lab.running is not None:
            QDesktopServices.openUrl(QUrl(self._lab.running.page))

    def _open_through_tap(self) -> None:
        """The page is opened as soon as the tap says where it listens."""
        self._lab.tap()
        self._looks_left = _LOOKS
        self._waiting.start()

    def _open_tapped_page(self) -> None:
        snapshot = self._monitor.snapshot
        views = () if snapshot is None else snapshot.endpoints
        url = next((view.tap.url for view in views if view.name == TAP and view.tap is not None), "")
        self._looks_left -= 1
        if url or not self._looks_left:
            self._waiting.stop()
        if url:
            QDesktopServices.openUrl(QUrl(url.replace("ws", "http", 1) + "stories"))

    def _show_running(self) -> None:
        running = self._lab.running
        self.menu.show_running(running=running is not None)
        self.picker.show_scenarios(running.scenarios if running is not None else ())

    def _show_endpoint(self, name: str) -> None:
        self._monitor.table.select((name, 0))
        self._monitor.plots.show_recent()
        self._show_part()

    def _show_part(self) -> None:
        key = self._monitor.table.current_key()
        self._monitor.story.show_part(None if key is None else self._lab.part(key[0]))
