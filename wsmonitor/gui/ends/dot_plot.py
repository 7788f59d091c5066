"""Paints the dots over time and their histogram beside them; a rectangle drawn with the mouse chooses dots."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from wsmonitor.analysis.snapshot import Closure, Snapshot
from wsmonitor.gui.ends.dots import LIVED, Dot, Measure, Shape, axis_of, bin_edges, histogram
from wsmonitor.gui.look.colors import CLOSED, FAILED, OPEN
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.look.words import closure_sentence, plain
from wsmonitor.text.units import counted

_LEFT, _HISTOGRAM, _BOTTOM, _PAD = 62, 120, 22, 8
_RADIUS = 3.5
_NEAR = 6.0
_LEAST_DRAG = 4


class DotPlot(QWidget):
    """Work follows the pixels: dots that fall on one another are painted once."""

    chosen = Signal(object)
    """The closures inside the rectangle, as a list; empty for a click beside every dot."""
    clicked = Signal(object)
    """The closure that was clicked."""
    opened = Signal(object)
    """The closure that was clicked twice."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._dots: list[Dot] = []
        self._snapshot: Snapshot | None = None
        self._axis = axis_of([], LIVED)
        self._first_ns: int | None = None
        self._picked: frozenset[int] = frozenset()
        self._from: QPointF | None = None
        self._to: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Ends over time")
        look.changed.connect(self.update)

    def show_dots(self, shown: list[Dot], measure: Measure, snapshot: Snapshot, picked: frozenset[int]) -> None:
        """Paint these, as high as `measure` says; `picked` has the times of those that are chosen, empty for all."""
        if shown != self._dots or measure is not self._axis.measure:
            self._axis = axis_of(shown, measure)
            self._dots = shown
            self._first_ns = min((dot.closure.at_ns for dot in shown), default=None)
            self.setAccessibleDescription(_in_words(shown, measure))
        self._snapshot, self._picked = snapshot, picked
        self.update()

    def place_of(self, dot: Dot) -> QPointF:
        """Where it is painted."""
        area, (first_ns, last_ns) = self._area, self._times
        x = area.left() + (dot.closure.at_ns - first_ns) / max(1, last_ns - first_ns) * area.width()
        return QPointF(x, area.bottom() - self._axis.share(dot.value) * area.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self._area.adjusted(-2, 0, _HISTOGRAM, 2), self._look.color("plot"))
        painter.setFont(self._look.small)
        if not self._dots:
            painter.setPen(self._look.color("muted"))
            painter.drawText(self._area, Qt.AlignmentFlag.AlignCenter, "No end of a connection to show")
            return
        self._paint_axes(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_dots(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_histogram(painter)
        if self._from is not None and self._to is not None:
            painter.setPen(QPen(self._look.color("rtt_ws"), 1, Qt.PenStyle.DashLine))
            painter.drawRect(QRectF(self._from, self._to).normalized())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        if event.button() is Qt.MouseButton.LeftButton:
            self._from, self._to = event.position(), None
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        if self._from is not None:
            self._to = event.position()
            self.update()
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        start, self._from, self._to = self._from, None, None
        self.update()
        event.accept()
        if start is None:
            return
        if (event.position() - start).manhattanLength() >= _LEAST_DRAG:
            lasso = QRectF(start, event.position()).normalized()
            self.chosen.emit([dot.closure for dot in self._dots if lasso.contains(self.place_of(dot))])
        elif (near := self._near(event.position())) is not None:
            self.clicked.emit(near)
        else:
            self.chosen.emit([])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        if (near := self._near(event.position())) is not None:
            self.opened.emit(near)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """The tooltip says which end a dot is."""
        if not isinstance(event, QHelpEvent) or event.type() is not QEvent.Type.ToolTip:
            return super().event(event)
        near = self._near(QPointF(event.pos()))
        text = (
            ""
            if near is None or self._snapshot is None
            else closure_sentence(near, self._snapshot.codes_of(near.endpoint))
        )
        QToolTip.showText(event.globalPos(), plain(text) if text else "", self)
        return True

    @property
    def _area(self) -> QRectF:
        return QRectF(
            _LEFT, _PAD, max(1, self.width() - _LEFT - _HISTOGRAM - _PAD), max(1, self.height() - _BOTTOM - _PAD)
        )

    @property
    def _times(self) -> tuple[int, int]:
        """From the first end that is shown to now."""
        now_ns = 1 if self._snapshot is None else self._snapshot.at_ns
        first_ns = now_ns - 1 if self._first_ns is None else self._first_ns
        air_ns = (now_ns - first_ns) // 30
        return first_ns - air_ns, now_ns + air_ns

    def _near(self, at: QPointF) -> Closure | None:
        distances = [((self.place_of(dot) - at).manhattanLength(), number) for number, dot in enumerate(self._dots)]
        distance, number = min(distances, default=(_NEAR + 1, 0))
        return self._dots[number].closure if distance <= _NEAR else None

    def _paint_axes(self, painter: QPainter) -> None:
        area, axis = self._area, self._axis
        for tick in axis.ticks:
            y = area.bottom() - axis.share(tick) * area.height()
            painter.setPen(self._look.color("grid"))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right() + _HISTOGRAM, y))
            painter.setPen(self._look.color("muted"))
            label = QRectF(0, y - 8, _LEFT - 6, 16)
            text = axis.measure.tick_text(tick)
            painter.drawText(label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        if self._snapshot is None:
            return
        first_ns, last_ns = self._times
        for share in (0.0, 0.5, 1.0):
            text = self._look.moments.clock(self._snapshot, round(first_ns + share * (last_ns - first_ns)), digits=0)
            width = QFontMetrics(self._look.small).horizontalAdvance(text)
            x = area.left() + share * area.width() - share * width
            painter.drawText(QPointF(x, self.height() - 6), text)

    def _paint_dots(self, painter: QPainter) -> None:
        seen: set[tuple[int, int, Shape, bool, bool]] = set()
        for dot in self._dots:
            place = self.place_of(dot)
            is_picked = not self._picked or dot.closure.at_ns in self._picked
            cell = (round(place.x()), round(place.y()), dot.shape, dot.is_loss, is_picked)
            if cell in seen:
                continue
            seen.add(cell)
            color = QColor(_color(dot))
            color.setAlpha(220 if is_picked else 50)
            painter.setPen(QPen(color, 1.6) if dot.shape == "cross" else Qt.PenStyle.NoPen)
            painter.setBrush(color)
            _paint_shape(painter, dot.shape, place)

    def _paint_histogram(self, painter: QPainter) -> None:
        """Bars to the right of the dots, on the same axis."""
        area, axis = self._area, self._axis
        bars = histogram(self._dots)
        most = max(bars.values(), default=1)
        left, room = area.right() + 10, _HISTOGRAM - 44
        for number, count in bars.items():
            low, high = bin_edges(number)
            top = area.bottom() - min(1.0, axis.share(high)) * area.height()
            bottom = area.bottom() - axis.share(low) * area.height()
            bar = QRectF(left, top, max(1.0, room * count / most), max(2.0, bottom - top - 1))
            painter.fillRect(bar, self._look.color("rtt_ws"))
            if count == most or bar.height() > 10:
                painter.setPen(self._look.color("text"))
                painter.drawText(QPointF(bar.right() + 4, bar.center().y() + 4), f"{count:,}")


def _color(dot: Dot) -> str:
    """Losses stand out; what was forced or our own is grey."""
    if dot.closure.verdict.forced is not None or dot.closure.verdict.by == "stop":
        return CLOSED
    return FAILED if dot.is_loss else OPEN


def _paint_shape(painter: QPainter, shape: Shape, at: QPointF) -> None:
    r, x, y = _RADIUS, at.x(), at.y()
    match shape:
        case "circle":
            painter.drawEllipse(at, r, r)
        case "square":
            painter.drawRect(QRectF(x - r, y - r, 2 * r, 2 * r))
        case "triangle":
            painter.drawPolygon(
                QPolygonF([QPointF(x, y - r - 1), QPointF(x + r + 1, y + r), QPointF(x - r - 1, y + r)])
            )
        case "diamond":
            painter.drawPolygon(
                QPolygonF([QPointF(x, y - r - 1), QPointF(x + r + 1, y), QPointF(x, y + r + 1), QPointF(x - r - 1, y)])
            )
        case "cross":
            painter.drawLine(QPointF(x - r, y - r), QPointF(x + r, y + r))
            painter.drawLine(QPointF(x - r, y + r), QPointF(x + r, y - r))


def _in_words(shown: list[Dot], measure: Measure) -> str:
    if not shown:
        return "No connection ended"
    values = [dot.value for dot in shown]
    least, most = measure.tick_text(min(values)), measure.tick_text(max(values))
    return f"{counted(len(shown), 'ended connection')}; {measure.title} from {least} to {most}"
