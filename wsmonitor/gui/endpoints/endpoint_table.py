"""The list of endpoints: selecting here decides what plots, tabs and buttons mean."""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTreeView, QWidget

from wsmonitor.facts.events import Key
from wsmonitor.gui.endpoints.columns import Column, row_cells, state_cell
from wsmonitor.gui.endpoints.endpoint_delegate import INDENT, PAD, EndpointDelegate, paint_sparkline
from wsmonitor.gui.endpoints.endpoint_header import EndpointHeader
from wsmonitor.gui.endpoints.endpoint_model import EndpointModel
from wsmonitor.gui.groups.grouping import Grouping
from wsmonitor.gui.groups.rows import Row
from wsmonitor.gui.look.colors import FAILED
from wsmonitor.gui.look.theme import Look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsmonitor.analysis.snapshot import EndpointView, Snapshot

Density = Literal["auto", "compact", "roomy"]
DENSITIES: tuple[Density, ...] = get_args(Density)


class LanePainter(Protocol):
    """Paints states over time: `time.row_lanes.RowLanes`, which needs more than the first paint does."""

    def paint(self, painter: QPainter, area: QRect, views: "Sequence[EndpointView]") -> None:
        """What these did, from left to right."""


class EndpointTable(QTreeView):
    """One row per connection slot, or for several that it opens into; `selection_changed` has the selected keys."""

    selection_changed = Signal(list)
    edit_wanted = Signal()
    """A row was double-clicked, or Enter was pressed on it."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._endpoints = EndpointModel(self)
        self._is_chosen = False
        self._wanted: Key | None = None
        self._density: Density = "auto"
        self._has_taps = False
        self.lanes: LanePainter | None = None
        """Paints the column of lanes, once it is there."""
        self._dirty = QRegion()
        self._painted: dict[int, tuple[EndpointView, tuple[object, ...]]] = {}
        """What each row in sight was last asked to show, and of whom, by row."""
        self._delegate = EndpointDelegate(self._endpoints, look, self)
        self.setModel(self._endpoints)
        self.setItemDelegate(self._delegate)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Endpoints")
        self.setTabKeyNavigation(False)
        self.titles = EndpointHeader(look, self)
        """What the columns are called, and what the user makes of them."""
        self.setHeader(self.titles)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, self.titles.sortIndicatorOrder())
        look.changed.connect(self._repaint_all)
        self.selectionModel().selectionChanged.connect(self._selection_moved)
        self.activated.connect(self._activated)

    def show_snapshot(self, snapshot: "Snapshot") -> None:
        """Show the endpoints as they are now; the first one becomes selected by itself."""
        was_empty = self._endpoints.rowCount() == 0
        self._endpoints.is_held = self.viewport().underMouse()
        self._endpoints.show(snapshot)
        self._has_taps = bool(snapshot.tapped)
        self._fit_density()
        if was_empty and snapshot.endpoints:
            self._go_to(0)
        elif not self._is_chosen:
            self._select_first_drop(snapshot)
        if self._wanted is not None:
            self.select(self._wanted)
        self._repaint_changed(snapshot.at_ns)

    @property
    def density(self) -> Density:
        """`compact`: a line for each row; `roomy`: two; `auto`: one from eight rows on."""
        return self._density

    def choose_density(self, density: Density) -> None:
        """See `density`."""
        self._density = density
        self._fit_density()

    def search(self, text: str) -> None:
        """Show only rows in which all words stand; the selected one stays selected if it is among them."""
        keys = self.selected_keys()
        current = self.current_key()
        self._endpoints.search(text)
        row = self._endpoints.row_of(current) if current is not None else None
        if self._endpoints.rowCount():
            self._go_to(row or 0)
        for key in keys:
            if key != current and (row := self._endpoints.row_of(key)) is not None:
                flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
                self.selectionModel().select(self._endpoints.index(row, 0), flags)
        self._painted = {}

    def shown(self, snapshot: "Snapshot") -> "Snapshot":
        """`snapshot` with the endpoints of the rows alone, in their order."""
        return replace(snapshot, endpoints=self._endpoints.shown(snapshot))

    @property
    def whole_height(self) -> int:
        """Pixels that all rows need, and the header."""
        return self.header().sizeHint().height() + self._endpoints.rowCount() * self.sizeHintForRow(0) + 8

    def view_at(self, row: int) -> "EndpointView | None":
        """The endpoint in a row; `None` outside the table."""
        return self._endpoints.view_at(row)

    def selected_keys(self) -> list[Key]:
        """Keys of the selected rows, from top to bottom; of a tap its own (slot `WHOLE`), of a group those in it."""
        rows = self._selected_rows()
        return list(dict.fromkeys(key for row in rows for key in (row.keys if row.group else (row.key,))))

    def group_by(self, grouping: Grouping) -> None:
        """Put rows below one for each group, with its totals; what is selected stays so."""
        key = self.current_key()
        self._endpoints.group_by(grouping)
        self._painted = {}
        if key is not None:
            self.select(key)

    @property
    def lane_width(self) -> int:
        """Pixels of the lanes beside the rows; 0 where there are none."""
        return 0 if self.isColumnHidden(Column.LANE) else max(0, self.columnWidth(Column.LANE) - 2 * PAD)

    def repaint_lanes(self) -> None:
        """The time moved on."""
        if self.lane_width:
            left = self.columnViewportPosition(Column.LANE)
            self.viewport().update(left, 0, self.columnWidth(Column.LANE), self.viewport().height())

    def shown_keys(self) -> tuple[Key, ...]:
        """The connections whose plots are wanted: those of the current row, and of others that are selected."""
        current = self._endpoints.row_at(self.currentIndex().row())
        rows = [*([current] if current is not None else ()), *self._selected_rows()]
        return tuple(dict.fromkeys(key for row in rows for key in row.keys))

    def selected_names(self) -> list[str]:
        """Names of the selected endpoints, each once."""
        return list(dict.fromkeys(name for name, _ in self.selected_keys()))

    def current_key(self) -> Key | None:
        """The row whose verdict and findings are shown; where that is a group, one of its rows speaks for it."""
        row = self._endpoints.row_at(self.currentIndex().row())
        return row.speaker if row is not None else None

    def _selected_rows(self) -> list[Row]:
        selection = self.selectionModel().selection()  # of whole rows; asked cell by cell, hundreds take long
        ranges = [selection.at(place) for place in range(selection.count())]
        numbers = sorted({number for one in ranges for number in range(one.top(), one.bottom() + 1)})
        return [row for row in map(self._endpoints.row_at, numbers) if row is not None]

    def open_row(self, row: int, *, opened: bool) -> None:
        """Show the rows below a row, or close them away; who was selected there leaves it to the row above."""
        found = self._endpoints.row_at(row)
        if found is None or not found.opens or found.is_open is opened:
            return
        current = self.current_key()
        self._endpoints.open(row, opened=opened)
        self._painted = {}
        self._repaint_all()
        if current in found.keys and not opened:
            self._go_to(row)

    def select(self, key: Key) -> None:
        """Select one endpoint; one that was only just added, as soon as it has a row."""
        self._is_chosen = True
        row = self._endpoints.row_of(key)
        self._wanted = key if row is None else None
        if row is not None:
            self._go_to(row)

    def _go_to(self, row: int) -> None:
        """Select this row alone: what keys are held meanwhile is about clicks."""
        alone = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self._endpoints.index(row, 0), alone)

    def step(self, by: int) -> None:
        """Select the next (1) or previous (-1) endpoint."""
        self._is_chosen = True
        row = min(max(self.currentIndex().row() + by, 0), self._endpoints.rowCount() - 1)
        if row >= 0:
            self._go_to(row)

    def drawRow(  # noqa: N802  # Qt's name
        self, painter: QPainter, options: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the whole row ourselves: styles draw frames and gradients around selected rows. What is clean stays."""
        found = self._endpoints.row_at(index.row())
        if found is None:
            return
        row = QRect(options.rect)
        if self.selectionModel().isRowSelected(index.row(), QModelIndex()):
            painter.fillRect(row, self._look.color("selection"))
        if self.hasFocus() and index.row() == self.currentIndex().row():
            painter.fillRect(row.left(), row.top(), 3, row.height(), self._look.color("rtt_ws"))
        cell = QStyleOptionViewItem(options)
        for column in Column:
            if not self.isColumnHidden(column):
                left, width = self.columnViewportPosition(column), self.columnWidth(column)
                cell.rect = QRect(left, row.top(), width, row.height())
                if not self._dirty.intersects(cell.rect):
                    continue
                if column is not Column.LANE:
                    self._delegate.paint(painter, cell, index.sibling(index.row(), column))
                elif self.lanes is not None and not (found.group and found.is_open):
                    self.lanes.paint(painter, cell.rect.adjusted(PAD, 3, -PAD, -4), found.views)
        self._draw_sparkline(painter, QRectF(row), found.view)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        self._dirty = event.region()
        super().paintEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Letters and Space are shortcuts of the window here, not a search in the list."""
        if event.text().strip() or event.text() == " ":
            event.ignore()
            return
        self._is_chosen = True
        number = self.currentIndex().row()
        row = self._endpoints.row_at(number)
        if row is not None and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and (row.opens or row.depth):
            if row.opens:
                self.open_row(number, opened=event.key() == Qt.Key.Key_Right)
            elif event.key() == Qt.Key.Key_Left:
                self._go_to(self._endpoints.above(number))
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._is_chosen = True
        index = self.indexAt(event.position().toPoint())
        row = self._endpoints.row_at(index.row())
        left = self.columnViewportPosition(Column.ENDPOINT)
        if row is not None and row.opens and left <= event.position().x() < left + PAD + INDENT:
            self.open_row(index.row(), opened=not row.is_open)
            return
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        # Before the first paint not that of `viewport()`: to hand out a widget, PySide6 makes all classes of widgets.
        self._fit_columns(event.size().width())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.titles.use_font()

    def _fit_density(self) -> None:
        compact = self._endpoints.is_many if self._density == "auto" else self._density == "compact"
        if (compact, self._has_taps) != (self._delegate.is_compact, self.titles.has_taps):
            self._delegate.is_compact = compact
            self.scheduleDelayedItemsLayout()
            self._repaint_all()
            self._fit_columns(self.viewport().width())

    def _fit_columns(self, width: int) -> None:
        self.titles.fit(width, is_compact=self._delegate.is_compact, has_taps=self._has_taps)

    def _select_first_drop(self, snapshot: "Snapshot") -> None:
        """Until the user chooses: show, once, the first endpoint whose connection dropped."""
        for closure in snapshot.closures:
            if closure.verdict.is_loss:
                self.select((closure.endpoint, closure.slot))
                if self._endpoints.is_many:
                    self.scrollToTop()  # where the worst are
                return

    def _draw_sparkline(self, painter: QPainter, row: QRectF, view: "EndpointView") -> None:
        places = [
            (self.columnViewportPosition(column), self.columnWidth(column))
            for column in Column
            if column not in (Column.ENDPOINT, Column.STATE) and not self.isColumnHidden(column)
        ]
        left = min((left for left, _ in places), default=0) + 8
        right = max((left + width for left, width in places), default=0) - 8
        top = row.center().y() + 3
        rect = QRectF(left, top, right - left, row.bottom() - 7 - top)
        if not self._delegate.is_compact:
            paint_sparkline(painter, rect, view.sparkline, line=self._look.color("rtt_ws"), missed=QColor(FAILED))
        painter.setPen(self._look.color("border"))
        edge = row.bottom() - 1  # below it the next row is painted, at another time
        painter.drawLine(QPointF(row.left(), edge), QPointF(row.right(), edge))

    def _selection_moved(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        if not self.selectionModel().hasSelection() and self.currentIndex().isValid():
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().select(self.currentIndex(), flags)
            return
        self.selection_changed.emit(self.selected_keys())

    def _activated(self, index: QModelIndex) -> None:
        row = self._endpoints.row_at(index.row())
        if row is not None and row.group:
            self.open_row(index.row(), opened=not row.is_open)
        else:
            self.edit_wanted.emit()

    def _repaint_changed(self, now_ns: int) -> None:
        """Paint the cells in sight that have something new to say: most have not."""
        viewport = self.viewport()
        number = max(0, self.indexAt(viewport.rect().topLeft()).row())
        shown: dict[int, tuple[EndpointView, tuple[object, ...]]] = {}
        while (row := self._endpoints.row_at(number)) is not None:
            rect = self.visualRect(self._endpoints.index(number, 0))
            if rect.top() > viewport.height():
                break
            known = self._painted.get(number)
            if known is not None and known[0] is row.view:
                cells = (known[1][0], state_cell(row.view, now_ns), *known[1][2:])
            else:
                cells = row_cells(row, now_ns)
            if known is None or not self._delegate.is_compact:  # a sparkline runs below the numbers
                if known is None or known[1] != cells or known[0].sparkline != row.view.sparkline:
                    viewport.update(0, rect.top(), viewport.width(), rect.height())
            else:
                for column in Column:
                    if known[1][column] != cells[column] and not self.isColumnHidden(column):
                        left, width = self.columnViewportPosition(column), self.columnWidth(column)
                        viewport.update(left, rect.top(), width, rect.height())
            shown[number] = (row.view, cells)
            number += 1
        self._painted = shown

    def _repaint_all(self) -> None:
        self.viewport().update()
