"""Connects the lab's menu, the picker and the banner with the lab."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QMenu, QWidget

from wsmonitor.gui.lab.lab_control import TAP, LabControl
from wsmonitor.gui.lab.process import LabScenario
from wsmonitor.gui.lab.stories import STORIES, Story
from wsmonitor.gui.look.filter_list import FilterList
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.popover import Popover
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.toolbar import Toolbar

SCALED = "Each beside the same client on a fixed server. Times are scaled down: seconds instead of minutes."
_LOOK_MS, _LOOKS = 100, 100
"""A lab and a tap that do not come within ten seconds will not."""


class ScenarioPicker(Popover):
    """`chosen` carries the `LabScenario`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Scenarios of the lab")
        self.scenarios = FilterList(
            self, placeholder="What shall go wrong? rst, 1011, slow, 403 …", name="Search", width=760, height=360
        )
        in_column(self.scenarios, within=self, margins=8)
        self.scenarios.chosen.connect(self._choose)
        self.show_scenarios(())

    def show_scenarios(self, scenarios: Sequence[LabScenario]) -> None:
        """Offer these; without any, say that the lab starts."""
        self.scenarios.clear()
        group = ""
        for scenario in scenarios:
            if scenario.group != group:
                group = scenario.group
                self.scenarios.add_heading(group)
            self.scenarios.add(f"    {scenario.id}:  {scenario.hint}", scenario)
        if not scenarios:
            self.scenarios.add_heading("The lab is starting …")
        self.scenarios.refresh()

    def ask(self, anchor: QWidget) -> None:
        """Open below `anchor`."""
        self.open_below(anchor)
        self.scenarios.start()

    def _choose(self, scenario: LabScenario) -> None:
        self.hide()
        self.chosen.emit(scenario)


class LabMenu(QMenu):
    """Says what was chosen; knows nothing of the lab but whether it runs."""

    story_chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self.endpoints = self._add("Four endpoints", "healthy, slow and uneven, dropping, refusing", "lab_endpoints")
        self._add_title(f"Failure stories\t{SCALED}")
        for story in STORIES:
            action = self._add(f"    {story.number}  {story.title}", story.hint, f"story_{story.number}")
            action.setToolTip(f"{story.look}\n{story.scaled}")
            action.triggered.connect(partial(self._chosen, story))
        self.addSeparator()
        self.scenario = self._add("Single scenario …", "any of the 45 things the lab can do wrong", "lab_scenario")
        self.page = self._add("Open the lab in a browser", "the scenarios with their URLs, to try there", "lab_page")
        self.tapped = self._add(
            "Open it through a tap", "the same page, with each of its connections seen from both sides", "lab_tapped"
        )
        self.stop = self._add("Stop the lab", "end the server and remove its endpoints", "lab_stop")
        self.show_running(running=False)

    def show_running(self, *, running: bool) -> None:
        """Offer only what can be done."""
        self.page.setEnabled(running)
        self.stop.setEnabled(running)

    def _add(self, text: str, hint: str, name: str) -> QAction:
        action = self.addAction(f"{text}\t{hint}")
        action.setObjectName(name)
        return action

    def _add_title(self, text: str) -> None:
        self.addSeparator()
        self.addAction(text).setEnabled(False)

    def _chosen(self, story: Story, checked: bool = False) -> None:
        self.story_chosen.emit(story)


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
