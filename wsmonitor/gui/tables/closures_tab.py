"""The Closures tab: who ended each connection or kept it from opening, how, and what surrounded that."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wsmonitor.analysis.snapshot import Ended, Snapshot
from wsmonitor.gui.look.cell_delegate import CellDelegate
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.tables.closure_model import ClosureModel
from wsmonitor.gui.tables.ending_cells import Column, is_failure
from wsmonitor.gui.tables.filtering import Slots
from wsmonitor.gui.tables.log_table import LogTable
from wsmonitor.text.units import NONE

_SAMPLES: dict[int, str] = {
    Column.TIME: "00:00:00.000Z",
    Column.NUMBER: "✖123",
    Column.ENDPOINT: "x" * 18,
    Column.WHO: "host/firewall",
    Column.HOW: "certificate",
    Column.REASON: "x" * 13,
    Column.LIVED: "17 min 54.4 s",
    Column.SILENT: "silent rx/tx",
    Column.CLOSING: "0.22/5000 ms",
    Column.LEFT_OVER: "12 in doubt",
}


class ClosuresTab(QWidget):
    """Newest at the bottom, followed while in sight; choosing a row says what it is about, for the plots."""

    closure_chosen = Signal(object)
    opened = Signal(object)
    """Enter or a double click: the chosen ends, as a list."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.model = ClosureModel(look.moments, self)
        self.table = LogTable(
            self.model, look, self, samples=_SAMPLES, first_to_go=(Column.LEFT_OVER, Column.CLOSING, Column.SILENT)
        )
        self.table.setAccessibleName("Closures")
        self.table.use(CellDelegate(self.model, self._purpose, look, self.table))
        self.table.empty_text = "No connection ended so far, and no opening failed"
        in_column(self.table, within=self, margins=0)
        self.table.activated.connect(self._open)
        self.table.clicked.connect(self._activated)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take what ended by `snapshot`; stay at the end, or where the user scrolled to."""
        follow = self.table.is_at_end
        self.model.show(snapshot)
        if follow:
            self.table.scrollToBottom()

    def choose(self, endpoints: frozenset[str] | None, text: str, slots: Slots | None = None) -> None:
        """Show only these endpoints, of some only these connections, and rows that contain `text`."""
        self.model.choose(endpoints, text, slots)
        self.table.scrollToBottom()

    def chosen_ends(self) -> list[Ended]:
        """What the selected rows are about, from top to bottom."""
        found = [self.model.ended(row) for row in self.table.selected_rows()]
        return [one for one in found if one is not None]

    def newest_end(self) -> list[Ended]:
        """The row at the bottom; nothing in an empty table."""
        newest = self.model.ended(self.model.rowCount() - 1)
        return [] if newest is None else [newest]

    def choose_end(self, ended: Ended) -> None:
        """Let its row be the current one, where it is shown."""
        row = self.model.row_of(ended)
        if row is not None:
            self.table.selectRow(row)

    def step(self, rows: int) -> Ended | None:
        """Choose the row so many below; `None` where there is none."""
        row = self.table.currentIndex().row() + rows
        ended = self.model.ended(row)
        if ended is not None:
            self.table.selectRow(row)
            self.closure_chosen.emit(ended)
        return ended

    def _open(self) -> None:
        self.opened.emit(self.chosen_ends())

    def _activated(self) -> None:
        ended = self.model.ended(self.table.currentIndex().row())
        if ended is not None:
            self.closure_chosen.emit(ended)

    def _purpose(self, row: int, column: int, text: str) -> str:
        ended = self.model.ended(row)
        if column == Column.HOW and ended is not None:
            return "failure" if is_failure(ended) else "text"
        return "muted" if column in (Column.TIME, Column.NUMBER) or text == NONE else "text"
