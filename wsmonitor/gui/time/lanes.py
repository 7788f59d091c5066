"""One swim lane per endpoint: "everything dropped at 14:32" is one glance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wsmonitor.analysis.series.states import CALM_TO_ALARMING, StatesView
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.facts.events import Key, State
from wsmonitor.gui.look.colors import state_color, state_height
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.look.words import endpoint_title
from wsmonitor.gui.start.registries import Parts
from wsmonitor.plots.drawing import Span, StateSpan

_NAMED_HEIGHT = 14
_TALLEST = 24
_IMAGE_BELOW = 4.0
_PERIOD_NS = 200_000_000
_GROWTH = 0.005


def comfortable_height(lanes: int) -> int:
    """Pixels for so many lanes with air between them; of more than twelve only the states are wanted at a glance."""
    return 30 + _TALLEST * min(lanes, 12)


def named_height(lanes: int) -> int:
    """The least pixels in which so many lanes still have names."""
    return 30 + _NAMED_HEIGHT * min(lanes, 12)


class Lanes(QWidget):
    """Paints the states of every endpoint over the span of the plots; a click selects the endpoint."""

    chosen = Signal(tuple)

    def __init__(self, parts: Parts, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._parts = parts
        self._snapshot: Snapshot | None = None
        self._span = Span(0.0, 30.0)
        self._known = Span(0.0, 0.0)
        self._cache: dict[Key, tuple[StatesView, Span, NDArray[np.uint8]]] = {}
        self._stretches: dict[Key, _Lane] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(48)
        self.setAccessibleName("State of all endpoints over time")
        look.changed.connect(self.update)

    def show_snapshot(self, snapshot: Snapshot, span: Span) -> None:
        """Show the states within `span`; five times a second are enough, unless the user moved it."""
        width, was = span.end_s - span.start_s, self._span.end_s - self._span.start_s
        moved = abs(width - was) > _GROWTH * was or span.end_s < self._span.end_s  # "All" grows with every frame
        if not moved and self._snapshot is not None and 0 <= snapshot.at_ns - self._snapshot.at_ns < _PERIOD_NS:
            return
        self._snapshot, self._span = snapshot, span
        self._known = span.until(snapshot.seconds(snapshot.at_ns))
        self.setAccessibleDescription(f"{len(snapshot.endpoints)} endpoints")
        self.update()

    def forget(self) -> None:
        """Show the next snapshot whatever was shown a moment ago: it has other rows."""
        self._snapshot = None

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        lanes = len(self._snapshot.endpoints) if self._snapshot is not None else 4
        return QSize(300, comfortable_height(lanes))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color("panel"))
        snapshot = self._snapshot
        if snapshot is None or not snapshot.endpoints:
            return
        top = self._paint_title(painter, len(snapshot.endpoints))
        height = self._lane_height(top)
        left = self._names_width() if height >= _NAMED_HEIGHT else 12
        area = QRectF(left, top, self.width() - left - 12, height)
        if height < _IMAGE_BELOW:
            self._paint_image(painter, QRectF(left, top, self.width() - left - 12, self.height() - top - 4))
            return
        for number, view in enumerate(snapshot.endpoints):
            lane = area.translated(0, number * height)
            if lane.top() > self.height():
                break
            if height >= _NAMED_HEIGHT:
                self._paint_name(painter, lane, view)
            self._paint_lane(painter, lane, view)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        if self._snapshot is None or not self._snapshot.endpoints:
            return
        top = self._title_height()
        row = int((event.position().y() - top) // self._lane_height(top))
        if 0 <= row < len(self._snapshot.endpoints):
            self.chosen.emit(self._snapshot.endpoints[row].key)

    def _title_height(self) -> int:
        return QFontMetrics(self._look.small).height() + 14

    def _names_width(self) -> int:
        assert self._snapshot is not None
        metrics = QFontMetrics(self._look.small)
        longest = max(metrics.horizontalAdvance(endpoint_title(view)) for view in self._snapshot.endpoints[:50])
        return 12 + min(longest + 12, int(self.width() * 0.34))

    def _lane_height(self, top: float) -> float:
        assert self._snapshot is not None
        return float(min(_TALLEST, max(0.01, (self.height() - top - 4) / len(self._snapshot.endpoints))))

    def _paint_title(self, painter: QPainter, endpoints: int) -> int:
        height = self._title_height()
        painter.setFont(self._look.small)
        painter.setPen(self._look.color("muted"))
        title = f"Endpoints ({endpoints}), as the rows above · state over the time shown"
        painter.drawText(QRectF(12, 0, self.width() - 24, height), Qt.AlignmentFlag.AlignVCenter, title)
        return height

    def _paint_name(self, painter: QPainter, lane: QRectF, view: EndpointView) -> None:
        rect = QRectF(12, lane.top(), lane.left() - 20, lane.height())
        name = QFontMetrics(self._look.small).elidedText(
            endpoint_title(view), Qt.TextElideMode.ElideRight, int(rect.width())
        )
        painter.setPen(self._look.color("muted"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_image(self, painter: QPainter, area: QRectF) -> None:
        """Hundreds of endpoints as one image; where several share a row of pixels, the worst is seen."""
        assert self._snapshot is not None
        scale = area.width() / (self._span.end_s - self._span.start_s)
        pixels = max(1, int((self._known.end_s - self._known.start_s) * scale))
        views = self._snapshot.endpoints
        rows = min(len(views), max(1, int(area.height())))
        codes = np.array([self._codes(view, pixels) for view in views], np.uint8)
        starts = np.arange(rows) * len(views) // rows
        worst = np.ascontiguousarray(np.maximum.reduceat(codes, starts, axis=0))
        image = QImage(worst.data, pixels, rows, pixels, QImage.Format.Format_Indexed8)
        image.setColorTable([self._rgb(state) for state in CALM_TO_ALARMING])
        painter.drawImage(QRectF(area.left(), area.top(), pixels, area.height()), image)

    def _codes(self, view: EndpointView, pixels: int) -> NDArray[np.uint8]:
        """The row of one endpoint; computed anew once its states changed or the picture moved by a pixel."""
        known, states = self._known, view.history.states
        cached = self._cache.get(view.key)
        if cached is not None and cached[0] is states and cached[1].start_s == known.start_s:
            grown = known.end_s - cached[1].end_s
            if len(cached[2]) == pixels and 0 <= grown * pixels < known.end_s - known.start_s:
                return cached[2]
        codes = self._parts.lane_codes(view, known, pixels)
        self._cache[view.key] = (states, known, codes)
        return codes

    def _rgb(self, state: State | None) -> int:
        return QColor(self._look.theme.plot if state is None else state_color(state)).rgb()

    def _paint_lane(self, painter: QPainter, lane: QRectF, view: EndpointView) -> None:
        width = self._span.end_s - self._span.start_s
        scale = lane.width() / width
        air = 4.0 if lane.height() >= _NAMED_HEIGHT else 0.0
        known = self._known
        if known.end_s <= known.start_s:
            return
        pixels = max(1, int((known.end_s - known.start_s) * scale))
        for stretch in self._lane(view, pixels):
            x0 = lane.left() + max(0.0, (stretch.start_s - self._span.start_s) * scale)
            x1 = lane.left() + min(lane.width(), (stretch.end_s - self._span.start_s) * scale)
            height = (lane.height() - air) * state_height(stretch.state)
            y = lane.center().y() - height / 2
            painter.fillRect(QRectF(x0, y, max(1.0, x1 - x0), height), QColor(state_color(stretch.state)))

    def _lane(self, view: EndpointView, pixels: int) -> Sequence[StateSpan]:
        """The stretches of one endpoint. In a view that follows, while the endpoint's states stay the same, those
        of a moment ago with the last one going on: what left the picture since is cut off by the painter.
        """
        assert self._snapshot is not None
        known, states = self._known, view.history.states
        cached = self._stretches.get(view.key)
        if cached is not None and cached.states is states and cached.lasts_until(known, pixels):
            return (*cached.stretches[:-1], replace(cached.stretches[-1], end_s=known.end_s))
        stretches = self._parts.lane(view, known, pixels)
        is_now = known.end_s >= self._snapshot.seconds(self._snapshot.at_ns)
        if is_now and stretches and stretches[-1].state is view.state:  # a state of no length yet has no stretch
            self._stretches[view.key] = _Lane(states, known, pixels, stretches)
        else:
            self._stretches.pop(view.key, None)
        return stretches


@dataclass(frozen=True, slots=True)
class _Lane:
    """What was read of one endpoint up to what was now."""

    states: StatesView
    known: Span
    pixels: int
    stretches: Sequence[StateSpan]

    def lasts_until(self, known: Span, pixels: int) -> bool:
        """True where `known` only moved on, by less than a tenth, at about the same scale."""
        width_s = known.end_s - known.start_s
        moved_s = known.end_s - self.known.end_s
        same_scale = abs(width_s * self.pixels / ((self.known.end_s - self.known.start_s) * pixels) - 1) < 0.1
        return same_scale and self.known.start_s <= known.start_s and 0 <= moved_s < 0.1 * width_s
