"""The list of endpoints: selecting here decides what plots, tabs and buttons mean."""

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTreeView, QWidget

from wsmonitor.facts.events import Key
from wsmonitor.gui.endpoints.endpoint_delegate import PAD, EndpointDelegate
from wsmonitor.gui.endpoints.endpoint_model import Column, EndpointModel
from wsmonitor.gui.endpoints.sparkline import paint_sparkline
from wsmonitor.gui.look.colors import FAILED
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.look.words import state_line

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import EndpointView, Snapshot

_SAMPLES = {
    Column.STATE: "connected 59:59",
    Column.RTT: "RTT ms ",
    Column.P99: "0000.",
    Column.LOSS: "0.0%.",
    Column.BUFFERED: "buf 0",
    Column.LAST_CLOSE: "timeout ×99",
}
_FIRST_TO_GO = {Column.P99: 108, Column.BUFFERED: 108, Column.LOSS: 108, Column.RTT: 84}
"""Numbers that a narrow table does without, and the width that names must have for them to stay."""
_ROOMY, _STATE_MORE = 480, 90
"""A table wider than this shares what it has: so many pixels more, at most, let states say all."""
_PERIOD_NS = 90_000_000
"""Numbers change faster than anybody reads: ten looks a second are enough."""


class EndpointTable(QTreeView):
    """One row per connection slot; `selection_changed` carries the keys of the selected rows."""

    selection_changed = Signal(list)
    edit_wanted = Signal()
    """A row was double-clicked, or Enter was pressed on it."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._endpoints = EndpointModel(self)
        self._is_chosen = False
        self._wanted: Key | None = None
        self._looked_ns = 0
        self._painted: dict[int, tuple[EndpointView, str]] = {}
        """What each row in sight was last asked to show, by row."""
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
        self._setup_header()
        look.changed.connect(self._repaint_all)
        self.selectionModel().selectionChanged.connect(self._selection_moved)
        self.activated.connect(self._activated)

    def show_snapshot(self, snapshot: "Snapshot") -> None:
        """Show the endpoints as they are now; the first one becomes selected by itself."""
        was_empty = self._endpoints.rowCount() == 0
        self._endpoints.show(snapshot)
        if was_empty and snapshot.endpoints:
            self.setCurrentIndex(self._endpoints.index(0, 0))
        elif not self._is_chosen:
            self._select_first_drop(snapshot)
        if self._wanted is not None:
            self.select(self._wanted)
        if not 0 <= snapshot.at_ns - self._looked_ns < _PERIOD_NS:
            self._looked_ns = snapshot.at_ns
            self._repaint_changed(snapshot.at_ns)

    @property
    def whole_height(self) -> int:
        """Pixels that all rows need, and the header."""
        return self.header().sizeHint().height() + self._endpoints.rowCount() * self.sizeHintForRow(0) + 8

    def selected_keys(self) -> list[Key]:
        """Keys of the selected rows, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [view.key for view in map(self._endpoints.view_at, rows) if view is not None]

    def selected_names(self) -> list[str]:
        """Names of the selected endpoints, each once."""
        return list(dict.fromkeys(name for name, _ in self.selected_keys()))

    def current_key(self) -> Key | None:
        """The row whose plots are shown."""
        view = self._endpoints.view_at(self.currentIndex().row())
        return view.key if view is not None else None

    def select(self, key: Key) -> None:
        """Select one endpoint; one that was only just added, as soon as it has a row."""
        self._is_chosen = True
        row = self._endpoints.row_of(key)
        self._wanted = key if row is None else None
        if row is not None:
            self.setCurrentIndex(self._endpoints.index(row, 0))

    def step(self, by: int) -> None:
        """Select the next (1) or previous (-1) endpoint."""
        self._is_chosen = True
        row = min(max(self.currentIndex().row() + by, 0), self._endpoints.rowCount() - 1)
        if row >= 0:
            self.setCurrentIndex(self._endpoints.index(row, 0))

    def drawRow(  # noqa: N802  # Qt's name
        self, painter: QPainter, options: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the whole row ourselves: styles draw frames and gradients around selected rows."""
        view = self._endpoints.view_at(index.row())
        if view is None:
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
                self._delegate.paint(painter, cell, index.sibling(index.row(), column))
        self._draw_sparkline(painter, QRectF(row), view)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Letters and Space are shortcuts of the window here, not a search in the list."""
        if event.text().strip() or event.text() == " ":
            event.ignore()
            return
        self._is_chosen = True
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._is_chosen = True
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._hide_what_does_not_fit(event.size().width())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._setup_header()

    def _select_first_drop(self, snapshot: "Snapshot") -> None:
        """Until the user chooses: show, once, the first endpoint whose connection dropped."""
        for closure in snapshot.closures:
            if closure.verdict.is_loss:
                self.select((closure.endpoint, closure.slot))
                return

    def _setup_header(self) -> None:
        header = self.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(36)
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, header.sortIndicatorOrder())
        self.setSortingEnabled(True)
        self.sortByColumn(-1, header.sortIndicatorOrder())
        header.setSectionResizeMode(Column.ENDPOINT, QHeaderView.ResizeMode.Stretch)
        header.setFont(self._look.small)
        metrics = QFontMetrics(self._look.small)
        for column, sample in _SAMPLES.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(column, metrics.horizontalAdvance(sample) + 2 * PAD)

    def _hide_what_does_not_fit(self, width: int) -> None:
        """A narrow table keeps names readable and loses numbers instead: the tooltips still have them."""
        spare = max(0, width - _ROOMY) // 3
        self.setColumnWidth(Column.STATE, self._sample_width(Column.STATE) + min(spare, _STATE_MORE))
        wanted = {column: self._width_of(column) for column in _SAMPLES}
        for column, name_width in _FIRST_TO_GO.items():
            fits = sum(wanted.values()) <= width - name_width
            self.setColumnHidden(column, not fits)
            if not fits:
                del wanted[column]

    def _width_of(self, column: Column) -> int:
        return max(self.columnWidth(column), self._sample_width(column))

    def _sample_width(self, column: Column) -> int:
        return QFontMetrics(self._look.small).horizontalAdvance(_SAMPLES[column]) + 2 * PAD

    def _draw_sparkline(self, painter: QPainter, row: QRectF, view: "EndpointView") -> None:
        left = self.columnViewportPosition(Column.STATE) + self.columnWidth(Column.STATE) + 8
        right = self.columnViewportPosition(Column.LAST_CLOSE) + self.columnWidth(Column.LAST_CLOSE) - 8
        top = row.center().y() + 3
        rect = QRectF(left, top, right - left, row.bottom() - 7 - top)
        paint_sparkline(painter, rect, view.sparkline, line=self._look.color("rtt_ws"), missed=QColor(FAILED))
        painter.setPen(self._look.color("border"))
        painter.drawLine(row.bottomLeft(), row.bottomRight())

    def _selection_moved(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        if not self.selectionModel().hasSelection() and self.currentIndex().isValid():
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            self.selectionModel().select(self.currentIndex(), flags)
            return
        self.selection_changed.emit(self.selected_keys())

    def _activated(self, index: QModelIndex) -> None:
        self.edit_wanted.emit()

    def _repaint_changed(self, now_ns: int) -> None:
        """Paint the rows in sight that have something new to say: most have not, ten times a second."""
        viewport = self.viewport()
        row = max(0, self.indexAt(viewport.rect().topLeft()).row())
        shown: dict[int, tuple[EndpointView, str]] = {}
        while (view := self._endpoints.view_at(row)) is not None:
            rect = self.visualRect(self._endpoints.index(row, 0))
            if rect.top() > viewport.height():
                break
            shown[row] = (view, state_line(view, now_ns))
            known = self._painted.get(row)
            if known is None or known[0] is not view or known[1] != shown[row][1]:
                viewport.update(0, rect.top(), viewport.width(), rect.height())
            row += 1
        self._painted = shown

    def _repaint_all(self) -> None:
        self.viewport().update()
