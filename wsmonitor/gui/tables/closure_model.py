"""The closures and failed openings of the chosen endpoints, oldest first as in every table."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wsmonitor.analysis.filters.fields import Value
from wsmonitor.analysis.filters.filter import Test, compile_filter
from wsmonitor.analysis.snapshot import Closure, Ended, FailedOpening, Snapshot
from wsmonitor.facts.events import AnyEvent, ConnectionClosed
from wsmonitor.gui.findings.explained import Explained
from wsmonitor.gui.look import words
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.tables.ending_cells import TITLES, Column, details, ending_cell, sentence
from wsmonitor.gui.tables.filtering import Slots
from wsmonitor.settings.conditions.grammar import FilterError

AnyIndex = QModelIndex | QPersistentModelIndex


class ClosureModel(QAbstractTableModel):
    """Shows what ended and what failed to open, as far as it passes the filter; new ones come in at the bottom."""

    def __init__(self, moments: Moments, parent: QObject) -> None:
        super().__init__(parent)
        self._moments = moments
        self._snapshot: Snapshot | None = None
        self._shown: list[Ended] = []
        self._endpoints: frozenset[str] | None = None
        self._slots: Slots = {}
        self._text = ""
        self._test: Test[Ended] | None = None
        self._explained = Explained()
        self._has_openings = True
        self._ends: frozenset[tuple[str, int, int]] = frozenset()
        self._rows = _EndingRows(self._explained.title, self._cells)

    def show(self, snapshot: Snapshot) -> None:
        """Take what ended by `snapshot`."""
        before, self._snapshot = self._snapshot, snapshot
        if self._explained.look(snapshot):
            if self._test is not None and self._chosen(snapshot) != self._shown:
                self._reset(snapshot)  # a filter may ask for what is found
                return
            if self._shown:
                column = len(TITLES) - 1
                self.dataChanged.emit(self.index(0, column), self.index(len(self._shown) - 1, column))
        if before is not None and before.closures is snapshot.closures and before.failures is snapshot.failures:
            return
        chosen = self._chosen(snapshot)
        known = len(self._shown)
        goes_on = len(chosen) >= known and (not known or _are_the_same(chosen[:known], self._shown))
        if goes_on and len(chosen) > known:
            self.beginInsertRows(QModelIndex(), known, len(chosen) - 1)
            self._shown = chosen
            self.endInsertRows()
        elif not goes_on:
            self._reset(snapshot)

    def choose(self, endpoints: frozenset[str] | None, text: str, slots: Slots | None = None) -> None:
        """Show only these endpoints (`None`: all) and rows that pass the filter `text`; a broken one passes all.

        Of those in `slots` only these connections.
        """
        slots = slots or {}
        if (endpoints, text, slots) == (self._endpoints, self._text, self._slots):
            return
        self._endpoints, self._text, self._slots = endpoints, text, slots
        try:
            self._test = compile_filter(text, self._rows)
        except FilterError:
            self._test = None
        self._reset(self._snapshot)

    def choose_ends(self, closures: Sequence[Closure]) -> None:
        """Show only these, as far as they pass the filter; none of them means all again."""
        self._ends = frozenset((one.endpoint, one.slot, one.at_ns) for one in closures)
        self._reset(self._snapshot)

    @property
    def passing(self) -> list[Closure]:
        """The closures that pass the filter, oldest first, whichever were chosen among them."""
        shown = self._shown if not self._ends or self._snapshot is None else self._passing(self._snapshot)
        return [one for one in shown if isinstance(one, Closure)]

    def row_of(self, ended: Ended) -> int | None:
        """Its table row; `None` where it is not shown."""
        return next((row for row, one in enumerate(self._shown) if one is ended), None)

    def choose_openings(self, shown: bool) -> None:
        """Show failed openings, or only what had been open."""
        self._has_openings = shown
        self._reset(self._snapshot)

    def ended(self, row: int) -> Ended | None:
        """What table row `row` is about; `None` outside the table."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def closure(self, row: int) -> Closure | None:
        """The closure in table row `row`; `None` for a failed opening and outside the table."""
        ended = self.ended(row)
        return ended if isinstance(ended, Closure) else None

    def cell(self, row: int, column: int) -> str:
        """The text of one cell, for the delegate that paints it."""
        ended = self.ended(row)
        return "" if ended is None or self._snapshot is None else self._cell(ended, Column(column), self._snapshot)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's name; its own default
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008  # as above
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(index.row(), index.column())
        ended, snapshot = self.ended(index.row()), self._snapshot
        if ended is None or snapshot is None:
            return None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return sentence(ended, snapshot)
        if role == Qt.ItemDataRole.ToolTipRole:
            return words.plain(details(ended, snapshot))
        return None

    def headerData(  # noqa: N802  # Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        return None

    def _cell(self, ended: Ended, column: Column, snapshot: Snapshot) -> str:
        return ending_cell(ended, column, snapshot, self._moments, self._explained.words(ended))

    def _reset(self, snapshot: Snapshot | None) -> None:
        self.beginResetModel()
        self._shown = self._chosen(snapshot) if snapshot is not None else []
        self.endResetModel()

    def _chosen(self, snapshot: Snapshot) -> list[Ended]:
        passing, ends = self._passing(snapshot), self._ends
        return [one for one in passing if (one.endpoint, one.slot, one.at_ns) in ends] if ends else passing

    def _passing(self, snapshot: Snapshot) -> list[Ended]:
        endpoints, test = self._endpoints, self._test
        ended: list[Ended] = [*snapshot.closures]
        if self._has_openings and snapshot.failures:
            ended = sorted([*ended, *snapshot.failures], key=_at_ns)
        chosen = [one for one in ended if endpoints is None or one.endpoint in endpoints]
        if slots := self._slots:
            chosen = [one for one in chosen if one.endpoint not in slots or one.slot in slots[one.endpoint]]
        return chosen if test is None else [one for one in chosen if test(one)]

    def _cells(self, ended: Ended) -> list[str]:
        return [] if self._snapshot is None else [self._cell(ended, column, self._snapshot) for column in Column]


def event_of(row: Ended) -> AnyEvent:
    """The fact behind a row."""
    if isinstance(row, FailedOpening):
        return row.event
    return ConnectionClosed(
        at_ns=row.at_ns,
        endpoint=row.endpoint,
        slot=row.slot,
        connection=row.connection,
        verdict=row.verdict,
        circumstances=row.circumstances,
    )


class _EndingRows:
    """What a filter asks of the rows, see `analysis.filters.filter.Rows`: cells are searched, events compared."""

    def __init__(self, title: Callable[[Ended], str], cells: Callable[[Ended], list[str]]) -> None:
        self._title, self._cells = title, cells

    def event(self, row: Ended) -> AnyEvent:
        return event_of(row)

    def values(self, name: str, row: Ended) -> tuple[Value, ...] | None:
        return tuple(filter(None, (self._title(row),))) if name == "finding" else None

    def text(self, row: Ended) -> str:
        return "\n".join(self._cells(row))

    def has(self, word: str, row: Ended) -> bool:
        return any(word in cell.lower() for cell in self._cells(row))


def _are_the_same(ended: Sequence[Ended], others: Sequence[Ended]) -> bool:
    """By their first and last: both are in order of time."""
    return ended[0] is others[0] and ended[-1] is others[-1]


def _at_ns(ended: Ended) -> int:
    return ended.at_ns
