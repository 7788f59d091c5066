"""A table that never measures its rows, follows its end while it is at the end, and stays put otherwise."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from wsmonitor.gui.look.cell_delegate import CellDelegate, column_widths
from wsmonitor.gui.look.theme import Look

_LEAST_LAST = 170
"""Pixels of the last column, which says most, that other columns yield to."""


class LogTable(QTableView):
    """Rows of one height, columns of fixed width, the last one stretches."""

    row_chosen = Signal(int)

    def __init__(
        self,
        model: QAbstractItemModel,
        look: Look,
        parent: QWidget,
        *,
        samples: Mapping[int, str],
        first_to_go: Sequence[int] = (),
    ) -> None:
        super().__init__(parent)
        self._first_to_go = first_to_go
        """Columns that a narrow table does without, so that the last one stays in sight."""
        self.setModel(model)
        self._look = look
        self.empty_text = "Nothing yet, or nothing that passes the filter"
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        self._widths = column_widths(look, samples)
        for column, width in self._widths.items():
            self.setColumnWidth(column, width)
        look.changed.connect(self.viewport().update)
        self.selectionModel().currentRowChanged.connect(self._current_changed)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Whoever looks at the newest row still does."""
        was_at_end = self.is_at_end
        super().resizeEvent(event)
        self.fit_columns()
        if was_at_end:
            self.scrollToBottom()

    def fit_columns(self) -> None:
        """Hide what does not fit; call it after a column was hidden or shown from outside."""
        header = self.horizontalHeader()
        last = header.count() - 1
        used = {
            column: header.sectionSize(column) or self._widths.get(column, 0)
            for column in range(last)
            if column in self._first_to_go or not self.isColumnHidden(column)
        }
        room = self.width() - 2 * self.frameWidth() - self.verticalScrollBar().sizeHint().width()
        for column in self._first_to_go:  # the same with a scroll bar as without
            fits = sum(used.values()) <= room - _LEAST_LAST
            self.setColumnHidden(column, not fits)
            if not fits:
                del used[column]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """An empty table says what it is waiting for."""
        super().paintEvent(event)
        if self.empty_text and self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(self._look.color("muted"))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self.empty_text)

    def use(self, delegate: CellDelegate) -> None:
        """Paint with `delegate`, at its row height."""
        self.setItemDelegate(delegate)
        self.verticalHeader().setDefaultSectionSize(delegate.row_height)
        self.verticalHeader().setMinimumSectionSize(delegate.row_height)

    @property
    def is_at_end(self) -> bool:
        """True while the newest row is in sight."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - 1

    def selected_rows(self) -> list[int]:
        """Selected table rows from top to bottom."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Copy works on rows; letters and Space are shortcuts of the window, not a search."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.text().strip() or event.text() == " ":
            event.ignore()
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the selected rows on the clipboard, tab separated."""
        model = self.model()
        rows = [
            "\t".join(str(model.index(row, column).data() or "") for column in range(model.columnCount()))
            for row in self.selected_rows()[:10_000]
        ]
        QGuiApplication.clipboard().setText("\n".join(rows))

    def _current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            self.row_chosen.emit(current.row())
