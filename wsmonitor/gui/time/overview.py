"""The whole session in one strip: states, closures, and a brush that says which part the plots show."""

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wsmonitor.analysis.series.history import EndingsView
from wsmonitor.analysis.series.states import StatesView
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.facts.events import Key
from wsmonitor.gui.look.colors import CLOSED, FAILED, state_color, state_height
from wsmonitor.gui.look.theme import Look
from wsmonitor.plots.closures import ending_marks
from wsmonitor.plots.drawing import Mark, Span, StateSpan
from wsmonitor.plots.lanes import lane

LEFT, RIGHT = 51, 8
_HEIGHT = 30
_BAND = 7.0
_PERIOD_NS = 500_000_000


class _Read(Struct, frozen=True):
    """The stretches and marks of one connection, on so many columns, up to `until_s`; and what they were read of."""

    states: StatesView
    closures: EndingsView
    pixels: int
    until_s: float
    stretches: Sequence[StateSpan]
    marks: Sequence[Mark]

    def still_shows(self, view: EndpointView, whole: Span, pixels: int) -> bool:
        """True as long as nobody could see a difference."""
        history = view.history
        is_same = self.states is history.states and self.closures is history.closures and self.pixels == pixels
        return is_same and 0 <= whole.end_s - self.until_s < whole.end_s / pixels / 2


class Overview(QWidget):
    """`wanted` carries the moment, in seconds since the session's start, that was clicked or dragged to."""

    wanted = Signal(float)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._snapshot: Snapshot | None = None
        self._views: Sequence[EndpointView] = ()
        self._span = Span(0.0, 1.0)
        self._brush_shown = (0, 0)
        self._read: dict[Key, _Read] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("The whole session")
        self.setToolTip("The whole session; click or drag to look there")
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        return QSize(300, _HEIGHT)

    def show_snapshot(self, snapshot: Snapshot, views: Sequence[EndpointView], span: Span) -> None:
        """Show `views` over everything, and where `span` lies in it."""
        shown = self._snapshot
        same = bool(views) and [view.key for view in self._views] == [view.key for view in views]
        brush = self._brush(snapshot, span)
        if same and brush == self._brush_shown and shown is not None and 0 <= snapshot.at_ns - shown.at_ns < _PERIOD_NS:
            return
        self._snapshot, self._views, self._span, self._brush_shown = snapshot, views, span, brush
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color("window"))
        area = self._area()
        painter.fillRect(area, self._look.color("plot"))
        painter.setFont(self._look.small)
        painter.setPen(self._look.color("muted"))
        label = QRectF(0, area.top(), LEFT - 6, area.height())
        painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "all")
        whole = self._whole()
        if self._snapshot is None or not self._views or whole.end_s <= 0:
            return
        band = _BAND / len(self._views)
        for number, view in enumerate(self._views):
            self._paint_session(painter, area, view, whole, (area.bottom() - 1 - number * band, band))
        brush = QRectF(self._x(self._span.start_s), area.top(), 0, area.height())
        brush.setRight(max(brush.left() + 3, self._x(self._span.end_s)))
        shade = QColor(self._look.theme.rtt_ws)
        painter.setPen(shade)
        shade.setAlpha(45)
        painter.setBrush(shade)
        painter.drawRect(brush.intersected(area).adjusted(0, 0, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._want(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        self._want(event.position().x())

    def _paint_session(
        self, painter: QPainter, area: QRectF, view: EndpointView, whole: Span, band: tuple[float, float]
    ) -> None:
        """Its states, on a band of this foot and height, and its ends."""
        read = self._read_anew(view, whole, max(1, int(area.width())))
        for stretch in read.stretches:
            height = band[1] * state_height(stretch.state)
            holds_on = stretch.end_s >= read.until_s
            left, right = self._x(stretch.start_s), self._x(whole.end_s if holds_on else stretch.end_s)
            rect = QRectF(left, band[0] - height, max(1.0, right - left), height)
            painter.fillRect(rect, QColor(state_color(stretch.state)))
        for mark in read.marks:
            if mark.is_opening:  # the band shows that nothing was open
                continue
            color = QColor(CLOSED if mark.forced else FAILED)
            painter.fillRect(QRectF(round(self._x(mark.x)), area.top(), 1, area.height()), color)

    def _read_anew(self, view: EndpointView, whole: Span, pixels: int) -> "_Read":
        """What happened; read again where there is news, or it moved by half a pixel since."""
        known, history = self._read.get(view.key), view.history
        if known is not None and known.still_shows(view, whole, pixels):
            return known
        stretches, marks = lane(view, whole, pixels), ending_marks(view, whole, pixels)
        read = _Read(history.states, history.closures, pixels, whole.end_s, stretches, marks)
        self._read = {one.key: self._read[one.key] for one in self._views if one.key in self._read} | {view.key: read}
        return read

    def _area(self) -> QRectF:
        return QRectF(LEFT, 3, self.width() - LEFT - RIGHT, self.height() - 7)

    def _brush(self, snapshot: Snapshot, span: Span) -> tuple[int, int]:
        """The columns of the brush: unless these change, twice a second is enough."""
        per_second = self._area().width() / max(snapshot.seconds(snapshot.at_ns), 1e-9)
        return round(span.start_s * per_second), round(span.end_s * per_second)

    def _whole(self) -> Span:
        if self._snapshot is None:
            return Span(0.0, 0.0)
        return Span(0.0, self._snapshot.seconds(self._snapshot.at_ns))

    def _x(self, at_s: float) -> float:
        area, whole = self._area(), self._whole()
        return area.left() + min(max(at_s / max(whole.end_s, 1e-9), 0.0), 1.0) * area.width()

    def _want(self, x: float) -> None:
        area = self._area()
        share = min(max((x - area.left()) / area.width(), 0.0), 1.0)
        self.wanted.emit(share * self._whole().end_s)
