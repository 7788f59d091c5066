"""Paints the cells of the log tables: text as it is, elided, in the colour of its meaning."""

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from wsmonitor.gui.look.theme import Look

Purpose = Callable[[int, int, str], str]
"""Table row, column and text -> the name of a colour of `Theme`."""


class CellSource(Protocol):
    """A model that words its cells without going through `data()`."""

    def cell(self, row: int, column: int) -> str:
        """The text of one cell."""
        ...


class CellDelegate(QStyledItemDelegate):
    """One painting delegate for a whole table. `aligned` columns are right aligned numbers."""

    def __init__(
        self,
        source: CellSource,
        purpose: Purpose,
        look: Look,
        parent: QObject,
        *,
        aligned: frozenset[int] = frozenset(),
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._purpose = purpose
        self._look = look
        self._aligned = aligned
        self._metrics = QFontMetrics(look.mono_small)

    @property
    def row_height(self) -> int:
        """One line and some air."""
        return self._metrics.height() + 6

    def sizeHint(  # noqa: N802  # Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(50, self.row_height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._look.color("selection"))
        row, column = index.row(), index.column()
        text = self._source.cell(row, column)
        if not text:
            return
        inner = rect.adjusted(6, 0, -6, 0)
        painter.setFont(self._look.mono_small)
        painter.setPen(self._look.color(self._purpose(row, column, text)))
        side = Qt.AlignmentFlag.AlignRight if column in self._aligned else Qt.AlignmentFlag.AlignLeft
        if len(text) * self._metrics.averageCharWidth() > inner.width() * 0.8:
            text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        # Left to right whatever the text begins with: a cell does not change sides with its first letter.
        one_line = Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextForceLeftToRight
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter | one_line, text)


def column_widths(look: Look, samples: Mapping[int, str]) -> dict[int, int]:
    """Pixels that each sample text needs in a cell."""
    metrics = QFontMetrics(look.mono_small)
    return {column: metrics.horizontalAdvance(sample) + 14 for column, sample in samples.items()}
