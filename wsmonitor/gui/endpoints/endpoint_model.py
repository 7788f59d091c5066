"""The endpoint table's rows: one per connection slot, in the workspace's order or worst first."""

import enum
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from wsmonitor.facts.events import Key
from wsmonitor.gui.endpoints.fleet_words import MANY, badness, has_words
from wsmonitor.gui.look import words
from wsmonitor.gui.look.words import plain
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import EndpointView, Snapshot

AnyIndex = QModelIndex | QPersistentModelIndex


class Column(enum.IntEnum):
    """Columns from left to right; the sparkline runs below the numbers."""

    ENDPOINT = 0
    STATE = 1
    RTT = 2
    P99 = 3
    LOSS = 4
    BUFFERED = 5
    LAST_CLOSE = 6


TIPS = (
    "Name and address. A right click chooses columns; drag an edge for another width, a title to another place",
    "What each connection does now. Sorted by it, what works least is on top",
    "The last round trip of a WebSocket ping",
    "99 of 100 round trips of WebSocket pings were shorter, of all since the start or of the focus period",
    "Heartbeats of every kind that were not answered in time",
    "Messages that wait to be written",
    "How the last connection ended, and how many did",
)
TITLES = ("Endpoint", "State", "RTT ms", "p99", "loss", "buf", "last close")

_SORTS: dict[Column, "Callable[[EndpointView], tuple[object, ...]]"] = {
    Column.ENDPOINT: lambda view: (view.name.lower(), view.slot),
    Column.STATE: badness,
    Column.RTT: lambda view: (view.rtt_ns or -1,),
    Column.P99: lambda view: (view.p99_ns or -1,),
    Column.LOSS: lambda view: (view.loss if view.loss is not None else -1.0,),
    Column.BUFFERED: lambda view: (view.buffered,),
    Column.LAST_CLOSE: lambda view: (view.closures, view.failures),
}


def cell_text(view: "EndpointView", column: Column, now_ns: int) -> str:
    """The text of one cell, for screen readers and tests; the delegate paints the same words."""
    match column:
        case Column.ENDPOINT:
            return words.endpoint_title(view)
        case Column.STATE:
            return f"{words.state_label(view.state)}, {words.state_line(view, now_ns)}"
        case Column.RTT:
            return units.milliseconds(view.rtt_ns)
        case Column.P99:
            return units.milliseconds(view.p99_ns)
        case Column.LOSS:
            return units.percent(view.loss)
        case Column.BUFFERED:
            return units.short_count(view.buffered)
        case Column.LAST_CLOSE:
            return words.last_ending(view)


def endpoint_tooltip(view: "EndpointView", column: Column, now_ns: int, snapshot: "Snapshot | None") -> str:
    """What the cell in `column` has to say beyond its text, to be shown as it is."""
    return plain(_tip(view, column, now_ns, snapshot))


def _tip(view: "EndpointView", column: Column, now_ns: int, snapshot: "Snapshot | None") -> str:
    match column:
        case Column.ENDPOINT:
            unsafe = "\nTLS certificate is not verified" if view.tls_unverified else ""
            proxy = f"\nThrough the proxy {view.proxy}: timings describe the proxy" if view.proxy else ""
            return f"{words.endpoint_title(view)}\n{words.endpoint_address(view)}{unsafe}{proxy}"
        case Column.STATE:
            why = f"\n{visible(redact_text(view.cause), 300)}" if view.cause else ""
            ordered = f"\nForced at the next opening: {', '.join(view.ordered)}" if view.ordered else ""
            return f"{cell_text(view, column, now_ns)}{why}{ordered}"
        case Column.LAST_CLOSE if view.last_closure is not None:
            from wsmonitor.gui.tables.ending_cells import details

            return "" if snapshot is None else details(view.last_closure, snapshot)
        case Column.LAST_CLOSE if view.last_failure is not None:
            return f"{words.failure(view)}\n{visible(redact_text(view.last_failure.error), 300)}"
        case Column.BUFFERED:
            limit = f" of {view.buffered_limit:,}" if view.buffered_limit else ""
            return (
                f"{view.buffered:,}{limit} messages, {units.short_size(view.buffered_bytes)}; {view.dropped:,} dropped"
            )
        case Column.LOSS:
            return f"{cell_text(view, column, now_ns)} of the heartbeats of every kind were not answered in time"
        case _:
            return f"{TITLES[column]}: {cell_text(view, column, now_ns)} (WebSocket ping)"


class EndpointModel(QAbstractTableModel):
    """Shows `Snapshot.endpoints`; selections survive changes of order."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._views: list[EndpointView] = []
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
        new = self._passing(snapshot)
        if [view.key for view in self._views] != list(new):
            self._remove_missing(new)
            self._add_missing(new)
        self._views = [new[view.key] for view in self._views]
        if snapshot.at_ns - self._sorted_ns > 1e9 and not self.is_held:
            self._arrange()

    @property
    def is_many(self) -> bool:
        """True from so many rows on that each is of one line, the worst first unless another order was chosen."""
        return self._snapshot is not None and len(self._snapshot.endpoints) >= MANY

    def search(self, text: str) -> None:
        """Show only rows in which all words stand; what a row says may change, so it is looked at every second."""
        self._wanted = text.lower().split()
        if self._snapshot is not None:
            self._passed_ns = -1
            self.beginResetModel()
            self._views = list(self._passing(self._snapshot).values())
            self.endResetModel()
            self._arrange()

    def shown(self, snapshot: "Snapshot") -> "tuple[EndpointView, ...]":
        """What `snapshot` says of the rows, from top to bottom."""
        new = {view.key: view for view in snapshot.endpoints}
        return tuple(new[view.key] for view in self._views if view.key in new)

    def view_at(self, row: int) -> "EndpointView | None":
        """The endpoint in table row `row`; `None` outside the table."""
        return self._views[row] if 0 <= row < len(self._views) else None

    def row_of(self, key: Key) -> int | None:
        """The table row of endpoint `key`."""
        return next((row for row, view in enumerate(self._views) if view.key == key), None)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by `column`, worst first where descending; -1 goes back to the workspace's order."""
        self._sort = (Column(column), order is Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self._has_sorted = self._has_sorted or column >= 0
        self._arrange()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: N802, B008  # Qt's name; its own default
        return 0 if parent.isValid() else len(self._views)

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

    def _remove_missing(self, new: "dict[Key, EndpointView]") -> None:
        for row in reversed(range(len(self._views))):
            if self._views[row].key not in new:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._views[row]
                self.endRemoveRows()

    def _passing(self, snapshot: "Snapshot") -> "dict[Key, EndpointView]":
        """The rows that pass the search, in the workspace's order."""
        if not self._wanted:
            return {view.key: view for view in snapshot.endpoints}
        if not 0 <= snapshot.at_ns - self._passed_ns < 1e9 or self._passed_ns < 0:
            self._passed_ns = snapshot.at_ns
            self._passed = frozenset(view.key for view in snapshot.endpoints if has_words(view, self._wanted))
        return {view.key: view for view in snapshot.endpoints if view.key in self._passed}

    def _add_missing(self, new: "dict[Key, EndpointView]") -> None:
        have = {view.key for view in self._views}
        added = [view for key, view in new.items() if key not in have]
        if added:
            at = len(self._views)
            if len(names := {view.name for view in added}) == 1:  # another client of a tap stands below the others
                at = max((row + 1 for row, view in enumerate(self._views) if view.name in names), default=at)
            self.beginInsertRows(QModelIndex(), at, at + len(added) - 1)
            self._views[at:at] = added
            self.endInsertRows()

    def _arrange(self) -> None:
        self._sorted_ns = self._now_ns
        if self._snapshot is None:
            return
        by_default = (Column.STATE, True) if self.is_many and not self._has_sorted else None
        order = self._sort or by_default
        if order is None:
            places = {view.key: place for place, view in enumerate(self._snapshot.endpoints)}
            arranged = sorted(self._views, key=lambda view: places.get(view.key, 0))
        else:
            column, descending = order
            arranged = sorted(self._views, key=_SORTS[column], reverse=descending)
        if arranged == self._views:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._views[index.row()].key for index in before]
        self._views = arranged
        rows = {view.key: row for row, view in enumerate(arranged)}
        after = [self.index(rows[key], index.column()) for key, index in zip(keys, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
