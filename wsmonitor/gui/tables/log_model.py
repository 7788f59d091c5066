"""Rows of a log for a table: absolute numbers, one insert and one removal a frame, index-list filters."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wsmonitor.analysis.log import LogRow, LogView
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import ConnectionClosed, Control
from wsmonitor.gui.look import words
from wsmonitor.gui.tables.filtering import RowFilter
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes
from wsmonitor.text.wording.code_words import explain_code, explain_verdict

AnyIndex = QModelIndex | QPersistentModelIndex


class Columns(Protocol):
    """Words a log row for the columns of one table."""

    @property
    def titles(self) -> Sequence[str]:
        """One title a column."""
        ...

    def text(self, row: LogRow, before: LogRow | None, column: int, snapshot: Snapshot) -> str:
        """What the cell shows, plain and on one line; `before` is the row shown above it."""
        ...


class LogModel(QAbstractTableModel):
    """Shows a `LogView` through a filter. `show` is called at most once a frame."""

    def __init__(self, columns: Columns, parent: QObject) -> None:
        super().__init__(parent)
        self._columns = columns
        self._snapshot: Snapshot | None = None
        self._log: LogView | None = None
        self._filter = RowFilter()
        self._numbers: range | list[int] = range(0)
        self._seen = 0

    def show(self, snapshot: Snapshot, log: LogView) -> None:
        """Take what is new in `log` since the last call; drop what it no longer has."""
        is_other = self._snapshot is not None and self._snapshot.start_ns != snapshot.start_ns
        self._snapshot = snapshot
        if self._log is None or log.end < self._seen or is_other:
            self._reset(log)
            return
        self._log = log
        self._drop_before(log.first)
        start, self._seen = max(self._seen, log.first), log.end
        if start < log.end:
            self._append(range(start, log.end))

    def set_filter(self, row_filter: RowFilter) -> None:
        """Show only the rows that pass."""
        if row_filter == self._filter:
            return
        self._filter = row_filter
        if self._log is not None:
            self._reset(self._log)

    def log_row(self, row: int) -> LogRow | None:
        """The row of the log behind table row `row`; `None` outside the table."""
        if self._log is None or not 0 <= row < len(self._numbers):
            return None
        try:
            return self._log.row(self._numbers[row])
        except IndexError:  # fell out of the bounded log since the last frame
            return None

    def row_near(self, at_ns: int) -> int | None:
        """The table row whose time is nearest; `None` in an empty table. Rows are in the order of their times."""
        log, numbers = self._log, self._numbers
        if log is None or not numbers:
            return None
        after = bisect_left(numbers, at_ns, key=lambda number: log.row(max(number, log.first)).at_ns)
        near = [row for row in (after - 1, after) if 0 <= row < len(numbers)]
        rows = [(abs(found.at_ns - at_ns), row) for row in near if (found := self.log_row(row)) is not None]
        return min(rows)[1] if rows else None

    def cell(self, row: int, column: int) -> str:
        """The text of one cell, for the delegate that paints it."""
        found = self.log_row(row)
        if found is None or self._snapshot is None:
            return ""
        return self._columns.text(found, self.log_row(row - 1), column, self._snapshot)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's name; its own default
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008  # as above
        return 0 if parent.isValid() else len(self._columns.titles)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cell(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole and (found := self.log_row(index.row())) is not None:
            codes = EVERYBODYS if self._snapshot is None else self._snapshot.codes_of(found.endpoint)
            return words.plain(hint) if (hint := _code_hint(found, codes)) else None
        return None

    def headerData(  # noqa: N802  # Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns.titles[section]
        return None

    def _reset(self, log: LogView) -> None:
        self.beginResetModel()
        self._log, self._seen = log, log.end
        if self._filter.is_empty:
            self._numbers = range(log.first, log.end)
        else:
            self._numbers = self._filter.numbers(log, log.first, log.end)
        self.endResetModel()

    def _drop_before(self, first: int) -> None:
        numbers = self._numbers
        if isinstance(numbers, range):
            gone = min(max(0, first - numbers.start), len(numbers))
        else:
            gone = next((index for index, number in enumerate(numbers) if number >= first), len(numbers))
        if gone:
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            self._numbers = numbers[gone:]
            self.endRemoveRows()

    def _append(self, new: range) -> None:
        assert self._log is not None
        at = len(self._numbers)
        if self._filter.is_empty:
            start = self._numbers[0] if at else new.start
            self.beginInsertRows(QModelIndex(), at, at + len(new) - 1)
            self._numbers = range(start, new.stop)
            self.endInsertRows()
            return
        passed = self._filter.numbers(self._log, new.start, new.stop)
        if passed:
            self.beginInsertRows(QModelIndex(), at, at + len(passed) - 1)
            self._numbers = [*self._numbers, *passed]
            self.endInsertRows()


def _code_hint(row: LogRow, codes: CloseCodes) -> str:
    """The code of a Close frame, the end of a connection; nothing for other rows."""
    event = row.event
    if isinstance(event, ConnectionClosed):
        return explain_verdict(event.verdict, codes)
    if isinstance(event, Control) and event.opcode == 8:
        return explain_code(int.from_bytes(event.payload[:2], "big") if len(event.payload) >= 2 else 1005, codes)
    return ""
