"""The rows of the endpoint table: one per connection slot, in the workspace's order or worst first."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wsmonitor.facts.events import Key, covers
from wsmonitor.gui.endpoints.columns import TIPS, TITLES, Column, cell_text, endpoint_tooltip
from wsmonitor.gui.groups.fleet_words import MANY, badness, has_words, searched
from wsmonitor.gui.groups.grouping import Grouping
from wsmonitor.gui.groups.rows import Block, Row, Wholes, blocks, grouped_blocks

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import EndpointView, Snapshot

AnyIndex = QModelIndex | QPersistentModelIndex


_SORTS: dict[Column, "Callable[[EndpointView], tuple[object, ...]]"] = {
    Column.ENDPOINT: lambda view: (view.name.lower(), view.slot),
    Column.STATE: badness,
    Column.RTT: lambda view: (view.rtt_ns or -1,),
    Column.P99: lambda view: (view.p99_ns or -1,),
    Column.LOSS: lambda view: (view.loss if view.loss is not None else -1.0,),
    Column.BUFFERED: lambda view: (view.buffered, view.buffered_bytes),
    Column.LAST_CLOSE: lambda view: (view.closures, view.failures),
    Column.LANE: badness,
}


class EndpointModel(QAbstractTableModel):
    """Shows `Snapshot.endpoints`; selections survive changes of order."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._places: dict[Key, int] = {}
        """Where each row is, of those that were taken last."""
        self._taken: Sequence[EndpointView] = ()
        self._shown: tuple[Key, ...] | None = None
        """The connections of all rows from top to bottom, once asked for."""
        self._closed: set[Key] = set()
        self._grouping: Grouping = "none"
        self._wholes: Wholes = {}
        self._now_ns = 0
        self._snapshot: Snapshot | None = None
        self._sort: tuple[Column, bool] | None = None
        self._sorted_ns = 0
        self._wanted: list[str] = []
        self._has_sorted = False
        self._passed: frozenset[Key] = frozenset()
        self._passed_ns = 0
        self.is_held = False
        """While it is true nothing changes its place: something is being pointed at."""

    @property
    def now_ns(self) -> int:
        """The moment of the snapshot that is shown."""
        return self._now_ns

    def show(self, snapshot: "Snapshot") -> None:
        """Take the endpoints of `snapshot`."""
        self._now_ns, self._snapshot = snapshot.at_ns, snapshot
        is_sorting = snapshot.at_ns - self._sorted_ns > 1e9 and not self.is_held
        if not is_sorting and self._take_changed(snapshot.endpoints):
            return
        self._shown = None
        found = self._blocks(snapshot)
        new = {row.key: row for block in found for row in block.rows}
        if {row.key for row in self._rows} != new.keys():
            self._remove_missing(new)
            self._add_missing(found)
        self._rows = [new[row.key] for row in self._rows]
        if is_sorting:
            self._arrange(found)
        self._places = {row.key: place for place, row in enumerate(self._rows)}
        self._taken, self._shown = snapshot.endpoints, None

    def _take_changed(self, views: "Sequence[EndpointView]") -> bool:
        """Take the rows that say something else than at the last look; false where more than these may change."""
        if self._wanted or self._grouping != "none" or len(views) != len(self._taken):
            return False
        changed = [(before, view) for before, view in zip(self._taken, views, strict=True) if before is not view]
        if any(view.key != before.key or view.tap is not None or before.tap is not None for before, view in changed):
            return False
        for _, view in changed:
            self._rows[self._places[view.key]] = Row(view, (view,))
        self._taken = views
        return True

    @property
    def is_many(self) -> bool:
        """True from so many rows on that each is of one line, the worst first unless another order was chosen."""
        return self._snapshot is not None and len(self._snapshot.endpoints) >= MANY

    def search(self, text: str) -> None:
        """Show only rows in which all words stand; what a row says may change, so it is looked at every second."""
        self._wanted = searched(text)
        if self._snapshot is not None:
            self._passed_ns = -1
            self._rebuild(self._snapshot)

    def group_by(self, grouping: Grouping) -> None:
        """Put rows below one for each group, with its totals; or no longer."""
        if grouping != self._grouping:
            self._grouping = grouping
            if self._snapshot is not None:
                self._rebuild(self._snapshot)

    def open(self, row: int, *, opened: bool) -> None:
        """Show what stands below a row, or no longer."""
        found = self.row_at(row)
        if found is None or not found.opens or found.is_open is opened or self._snapshot is None:
            return
        (self._closed.discard if opened else self._closed.add)(found.key)
        self._taken = ()
        self.show(self._snapshot)
        self._arrange(self._blocks(self._snapshot))

    def shown(self, snapshot: "Snapshot") -> "tuple[EndpointView, ...]":
        """What `snapshot` says of the rows' connections, from top to bottom, each once."""
        if self._shown is None:
            self._shown = tuple(dict.fromkeys(key for row in self._rows if not row.is_open for key in row.keys))
        new = snapshot.by_key
        return tuple([new[key] for key in self._shown if key in new])

    def row_at(self, row: int) -> Row | None:
        """What table row `row` is; `None` outside the table."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def above(self, row: int) -> int:
        """The row that opens into `row`; itself where none does."""
        return next((one for one in range(row, -1, -1) if not self._rows[one].depth), row)

    def view_at(self, row: int) -> "EndpointView | None":
        """What table row `row` says; `None` outside the table."""
        found = self.row_at(row)
        return found.view if found is not None else None

    def row_of(self, key: Key) -> int | None:
        """The table row of `key`, or of what stands for it; of a tap that has no row, of its first client."""
        found: list[Callable[[Row], bool]] = [
            lambda row: row.key == key,
            lambda row: key in row.keys,
            lambda row: not row.opens and any(covers(key, one) for one in row.keys),
            lambda row: any(covers(key, one) for one in row.keys),
        ]
        rows = (number for is_it in found for number, row in enumerate(self._rows) if is_it(row))
        return next(rows, None)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by `column`, worst first where descending; -1 goes back to the workspace's order."""
        self._sort = (Column(column), order is Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self._has_sorted = self._has_sorted or column >= 0
        if self._snapshot is not None:
            self._arrange(self._blocks(self._snapshot))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's name; its own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008  # as above
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        view = self.view_at(index.row())
        if view is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell_text(view, Column(index.column()), self._now_ns)
        if role == Qt.ItemDataRole.ToolTipRole:
            return endpoint_tooltip(view, Column(index.column()), self._now_ns, self._snapshot)
        return None

    def headerData(  # noqa: N802  # Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section >= Column.RTT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.InitialSortOrderRole:  # the first click shows the worst
            return Qt.SortOrder.AscendingOrder if section == Column.ENDPOINT else Qt.SortOrder.DescendingOrder
        if role == Qt.ItemDataRole.ToolTipRole:
            return TIPS[section]
        return TITLES[section] if role == Qt.ItemDataRole.DisplayRole else None

    def _remove_missing(self, new: "dict[Key, Row]") -> None:
        for row in reversed(range(len(self._rows))):
            if self._rows[row].key not in new:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._rows[row]
                self.endRemoveRows()

    def _blocks(self, snapshot: "Snapshot") -> list[Block]:
        """The rows that pass the search, in the workspace's order."""
        views = snapshot.endpoints
        if self._wanted:
            if not 0 <= snapshot.at_ns - self._passed_ns < 1e9 or self._passed_ns < 0:
                self._passed_ns = snapshot.at_ns
                self._passed = frozenset(view.key for view in views if has_words(view, self._wanted))
            views = tuple(view for view in views if view.key in self._passed)
        if self._grouping != "none":
            found = grouped_blocks(views, self._grouping, self._closed, self._wholes)
        else:
            found = blocks(views, self._closed, self._wholes)
        self._wholes = {
            block.head.key: self._wholes[block.head.key] for block in found if block.head.key in self._wholes
        }
        return found

    def _rebuild(self, snapshot: "Snapshot") -> None:
        self._taken = ()
        self.beginResetModel()
        found = self._blocks(snapshot)
        self._rows, self._shown = [row for block in found for row in block.rows], None
        self.endResetModel()
        self._arrange(found)

    def _add_missing(self, found: list[Block]) -> None:
        """At the end; what belongs below a row that is there, below it and what it has already."""
        have = {row.key for row in self._rows}
        fresh: list[Row] = []
        for block in found:
            if block.head.key not in have:
                fresh += block.rows
            elif missing := [row for row in block.rows if row.key not in have]:
                mine = {row.key for row in block.rows}
                self._insert(1 + max(n for n, row in enumerate(self._rows) if row.key in mine), missing)
        self._insert(len(self._rows), fresh)

    def _insert(self, at: int, rows: list[Row]) -> None:
        if rows:
            self.beginInsertRows(QModelIndex(), at, at + len(rows) - 1)
            self._rows[at:at] = rows
            self.endInsertRows()

    def _arrange(self, found: list[Block]) -> None:
        """Put the rows in the order that is wished; rows below another one stay below it."""
        self._sorted_ns = self._now_ns
        by_default = (Column.STATE, True) if self.is_many and not self._has_sorted else None
        if order := self._sort or by_default:
            column, descending = order
            by = _SORTS[column]
            found = sorted(found, key=lambda block: by(block.head.view), reverse=descending)
            found = [block.sorted(by, descending=descending) for block in found]
        arranged = [row for block in found for row in block.rows]
        places = {row.key: place for place, row in enumerate(arranged)}
        if list(places) == [row.key for row in self._rows]:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._rows[index.row()].key for index in before]
        self._rows, self._taken, self._shown = arranged, (), None
        after = [self.index(places[key], index.column()) for key, index in zip(keys, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
