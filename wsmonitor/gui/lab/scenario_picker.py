"""Every scenario of the lab in a list that is searched by typing; Enter adds one as an endpoint."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wsmonitor.gui.lab.process import LabScenario
from wsmonitor.gui.look.filter_list import FilterList
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.popover import Popover


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
