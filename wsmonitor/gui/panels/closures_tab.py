"""The Closures tab: who ended each connection, how, after how long, after how much silence."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.gui.models.closure_model import ClosureModel
from wsmonitor.gui.panels.cell_delegate import CellDelegate
from wsmonitor.gui.panels.log_table import LogTable
from wsmonitor.gui.theme import Look

_SAMPLES = {
    0: "00:00:00.000Z",
    1: "1234",
    2: "x" * 18,
    3: "us: heartbeat",
    4: "protocol",
    5: "sent 4000",
    6: "x" * 16,
    7: "360.0 s",
    8: "silent rx / tx",
}
_HOW = 4


class ClosuresTab(QWidget):
    """Newest first; choosing a row says which closure, so that the plots can show it."""

    closure_chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = ClosureModel(look.moments, self)
        self.table = LogTable(self.model, look, self, samples=_SAMPLES)
        self.table.setAccessibleName("Closures")
        self.table.use(CellDelegate(self.model, self._purpose, look, self.table))
        self.table.empty_text = "No connection ended so far. Failed openings are under Events."
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        self.table.activated.connect(self._activated)
        self.table.clicked.connect(self._activated)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take the closures of `snapshot`."""
        self.model.show(snapshot)

    def choose(self, endpoints: frozenset[str] | None, text: str) -> None:
        """Show only these endpoints and rows that contain `text`."""
        self.model.choose(endpoints, text)

    def _activated(self) -> None:
        closure = self.model.closure(self.table.currentIndex().row())
        if closure is not None:
            self.closure_chosen.emit(closure)

    def _purpose(self, row: int, column: int, text: str) -> str:
        closure = self.model.closure(row)
        if column == _HOW and closure is not None:
            failed = not closure.verdict.clean and closure.verdict.forced is None
            return "failure" if failed else "text"
        return "muted" if column in (0, 1) else "text"
