"""What stands where the panels will be until they are loaded: their grounds, and nothing that could be read."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wsmonitor.gui.window.monitor_frame import MonitorFrame


class BlankPanels(MonitorFrame):
    """Only the table of endpoints is there: it has the left to itself, as how much it needs is not known yet."""

    def __init__(self, table: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        lanes, findings, plots, tables = (QWidget(self) for _ in range(4))
        tables.setObjectName("panel")
        tables.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.fill((table, lanes, findings), (plots, tables))
        lanes.hide()
        findings.hide()
