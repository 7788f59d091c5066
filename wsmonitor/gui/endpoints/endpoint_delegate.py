"""Paints one endpoint: name and URL, state pill with its countdown, numbers, last close, badge, sparkline."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QLineF,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from wsmonitor.facts.events import State
from wsmonitor.gui.endpoints.columns import Column, cell_text
from wsmonitor.gui.endpoints.endpoint_model import EndpointModel
from wsmonitor.gui.look import words
from wsmonitor.gui.look.colors import state_color, state_is_outlined
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.look.words import row_lines
from wsmonitor.text import units

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import EndpointView

PAD = 6
INDENT = 16
"""What stands below another row begins so much further right; the mark that opens and closes it has that room."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_UNVERIFIED = "TLS not verified"
_PROXY = "via proxy"
_SPARK_POINTS = 60


class EndpointDelegate(QStyledItemDelegate):
    """Paints on what the table painted for the row; asks the model's rows, never `data()`."""

    def __init__(self, model: EndpointModel, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._look = look
        self._is_compact = False
        self._pill_width = QFontMetrics(look.small).horizontalAdvance("C connecting") + PAD

    @property
    def is_compact(self) -> bool:
        """True while rows are of one line."""
        return self._is_compact

    @is_compact.setter
    def is_compact(self, compact: bool) -> None:
        self._is_compact = compact

    def row_height(self) -> int:
        """Two lines of text and some air; one line where there are many rows."""
        if self._is_compact:
            return QFontMetrics(self._look.font).height() + 6
        return QFontMetrics(self._look.font).height() + QFontMetrics(self._look.small).height() + 18

    def sizeHint(  # noqa: N802  # Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(60, self.row_height())

    def displayText(self, value: object, locale: QLocale | QLocale.Language) -> str:  # noqa: N802  # Qt's name
        return str(value)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = self._model.row_at(index.row())
        if row is None:
            return
        view = row.view
        rect: QRect = option.rect
        painter.save()
        column = Column(index.column())
        air = 3 if self._is_compact else 7
        inner = rect.adjusted(PAD, air, -PAD, -air)
        if column is Column.ENDPOINT:
            if row.opens:
                self._paint_mark(painter, inner, is_open=row.is_open)
            self._paint_name(painter, inner.adjusted(INDENT if row.opens or row.depth else 0, 0, 0, 0), view)
        elif column is Column.STATE:
            self._paint_state(painter, inner, view)
        else:
            self._paint_number(painter, inner, view, column)
        painter.restore()

    def _paint_mark(self, painter: QPainter, rect: QRect, *, is_open: bool) -> None:
        """A triangle: it points down to what stands below, or right where that is closed away."""
        line, _ = self._lines(rect)
        x, y = float(line.left()), line.center().y() + 0.5
        corners = [(0, -2.5), (9, -2.5), (4.5, 3.5)] if is_open else [(2, -4.5), (2, 4.5), (8, 0)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.color("muted"))
        painter.drawPolygon(QPolygonF([QPointF(x + right, y + down) for right, down in corners]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_name(self, painter: QPainter, rect: QRect, view: "EndpointView") -> None:
        name_rect, url_rect = self._lines(rect)
        title, address = row_lines(view)
        if view.name == view.url:  # the line below says the scheme
            title = title.partition("://")[2] or title
        if self._is_compact:
            for badge, applies in ((_UNVERIFIED, view.tls_unverified), (_PROXY, bool(view.proxy))):
                if applies:
                    name_rect = self._paint_badge(painter, name_rect, badge)
            title = f"{title}  {address}" if view.client is not None else title
        # Names of one family differ at their end, addresses there most of all, clients of a tap at their beginning.
        elide = Qt.TextElideMode.ElideLeft if view.name == view.url else Qt.TextElideMode.ElideMiddle
        if view.client is not None:
            elide = Qt.TextElideMode.ElideRight
        self._text(painter, name_rect, title, self._look.bold, self._look.color("text"), elide=elide)
        if self._is_compact:
            return
        for badge, applies in ((_UNVERIFIED, view.tls_unverified), (_PROXY, bool(view.proxy))):
            if applies:
                url_rect = self._paint_badge(painter, url_rect, badge)
        muted = self._look.color("muted")
        self._text(painter, url_rect, address, self._look.small, muted, elide=elide)

    def _paint_badge(self, painter: QPainter, rect: QRect, words: str) -> QRect:
        """Put a badge at the right end of `rect`, if there is room; what is left of it."""
        width = QFontMetrics(self._look.small).horizontalAdvance(words) + 8
        if width + 60 >= rect.width():
            return rect
        box = QRect(rect.right() - width, rect.top(), width, rect.height())
        painter.setPen(self._look.color("warning"))
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(self._look.small)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        return rect.adjusted(0, 0, -width - 6, 0)

    def _paint_state(self, painter: QPainter, rect: QRect, view: "EndpointView") -> None:
        pill_rect, line_rect = self._lines(rect)
        pill = QRectF(pill_rect).adjusted(0, -1, 0, 1)
        pill.setWidth(min(self._pill_width, rect.width()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor("#1b1b1b") if state_is_outlined(view.state) else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(state_color(view.state)))
        painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._look.small)
        painter.setPen(QColor("#0c0f12"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words.pill(view))
        if self._is_compact:
            left = int(pill.right()) + 8
            line_rect = QRect(left, rect.top(), rect.right() - left, rect.height())
        line = words.state_line(view, self._model.now_ns)
        if self._is_compact or QFontMetrics(self._look.small).horizontalAdvance(line) > line_rect.width():
            line = words.short_state(view, self._model.now_ns)
        failed = view.state is State.FAILED
        self._text(painter, line_rect, line, self._look.small, self._look.color("failure" if failed else "muted"))

    def _paint_number(self, painter: QPainter, rect: QRect, view: "EndpointView", column: Column) -> None:
        upper, _ = self._lines(rect)
        text = cell_text(view, column, self._model.now_ns)
        color = "text"
        if text == units.NONE:
            color = "muted"
        elif column is Column.LOSS and (view.loss or 0) > 0:
            color = "failure"
        elif column is Column.BUFFERED and (view.buffered or view.buffered_bytes):
            color = "warning"
        self._text(painter, upper, text, self._look.mono_small, self._look.color(color), align=_RIGHT)

    def _lines(self, rect: QRect) -> tuple[QRect, QRect]:
        first = QFontMetrics(self._look.font).height()
        second = QFontMetrics(self._look.small).height()
        return (
            QRect(rect.left(), rect.top(), rect.width(), first),
            QRect(rect.left(), rect.bottom() - second + 1, rect.width(), second),
        )

    def _text(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        font: QFont,
        color: QColor,
        *,
        align: Qt.AlignmentFlag = _LEFT,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        painter.setFont(font)
        painter.setPen(color)
        elided = QFontMetrics(font).elidedText(text, elide, rect.width())
        painter.drawText(rect, align | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextForceLeftToRight, elided)


def paint_sparkline(
    painter: QPainter, rect: QRectF, values: tuple[float, ...], *, line: QColor, missed: QColor
) -> None:
    """Paint round trips (milliseconds, NaN for a miss: a bar from the bottom) into `rect`, newest at the right edge."""
    known = [value for value in values if not math.isnan(value)]
    if not values or rect.width() < 20:
        return
    top = max(known, default=1.0) or 1.0
    step = rect.width() / (_SPARK_POINTS - 1)
    left = rect.right() - step * (len(values) - 1)
    painter.setPen(QPen(line, 1))
    for stretch in _stretches(values):
        points = [
            QPointF(left + step * at, rect.bottom() - rect.height() * min(1.0, values[at] / top)) for at in stretch
        ]
        if len(points) == 1:
            painter.drawPoint(points[0])
        else:
            painter.drawPolyline(QPolygonF(points))
    misses = [left + step * at for at, value in enumerate(values) if math.isnan(value)]
    if misses:
        painter.setPen(QPen(missed, 2))
        painter.drawLines([QLineF(x, rect.bottom(), x, rect.bottom() - rect.height() * 0.7) for x in misses])


def _stretches(values: tuple[float, ...]) -> list[range]:
    """Index ranges between the misses."""
    stretches, start = [], 0
    for at, value in enumerate(values):
        if math.isnan(value):
            if at > start:
                stretches.append(range(start, at))
            start = at + 1
    if start < len(values):
        stretches.append(range(start, len(values)))
    return stretches
