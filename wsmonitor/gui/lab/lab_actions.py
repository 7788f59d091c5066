"""Connects the lab's menu, the picker and the banner with the lab."""

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from wsmonitor.gui.lab.lab_control import LabControl
from wsmonitor.gui.lab.lab_menu import LabMenu
from wsmonitor.gui.lab.scenario_picker import ScenarioPicker
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.toolbar import Toolbar


class LabActions(QObject):
    """Owns the menu and the picker; what they choose goes to `LabControl`."""

    def __init__(self, lab: LabControl, toolbar: Toolbar, monitor: MonitorView, parent: QWidget) -> None:
        super().__init__(parent)
        self._lab, self._monitor = lab, monitor
        self._button = toolbar.button("lab")
        self.menu = LabMenu(parent)
        self.picker = ScenarioPicker(parent)
        toolbar.add_menu("lab", self.menu)
        self.menu.endpoints.triggered.connect(self._lab.start)
        self.menu.story_chosen.connect(self._lab.play)
        self.menu.scenario.triggered.connect(self._ask_scenario)
        self.menu.page.triggered.connect(self._open_page)
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
