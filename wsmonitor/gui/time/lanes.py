"""One swim lane per endpoint: "everything dropped at 14:32" is one glance."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wsmonitor.analysis.series.states import CALM_TO_ALARMING
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.facts.events import State
from wsmonitor.gui.look.colors import state_color, state_height
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.look.words import row_title
from wsmonitor.plots.drawing import Span
from wsmonitor.plots.lanes import LaneCodes, lane_codes, runs_of

_NAMED_HEIGHT = 14
_TALLEST = 24
_IMAGE_BELOW = 4.0
_PERIOD_NS = 200_000_000
_GROWTH = 0.005
_EDGE = 12


def comfortable_height(lanes: int) -> int:
    """Pixels for so many lanes with air between them; of more than twelve only the states are wanted at a glance."""
    return 30 + _TALLEST * min(lanes, 12)


def named_height(lanes: int) -> int:
    """The least pixels in which so many lanes still have names."""
    return 30 + _NAMED_HEIGHT * min(lanes, 12)


class Lanes(QWidget):
    """Paints the states of every endpoint over the span of the plots; a click selects the endpoint."""

    chosen = Signal(tuple)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._snapshot: Snapshot | None = None
        self._span = Span(0.0, 30.0)
        self._lanes = LaneCodes(lane_codes)
        self._titles: tuple[str, ...] = ()
        self._longest = 0
        """Pixels of the longest name."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(48)
        self.setAccessibleName("State of all endpoints over time")
        look.changed.connect(self.update)

    def show_snapshot(self, snapshot: Snapshot, span: Span) -> None:
        """Show the states within `span`; five times a second are enough, unless the user moved it."""
        width, was = span.end_s - span.start_s, self._span.end_s - self._span.start_s
        moved = abs(width - was) > _GROWTH * was or span.end_s < self._span.end_s  # "All" grows
        if not moved and self._snapshot is not None and 0 <= snapshot.at_ns - self._snapshot.at_ns < _PERIOD_NS:
            return
        self._snapshot, self._span = snapshot, span
        titles = tuple([row_title(view) for view in snapshot.endpoints])
        if titles != self._titles:
            self._titles = titles
            metrics = QFontMetrics(self._look.small)
            self._longest = max((metrics.horizontalAdvance(title) for title in titles[:50]), default=0)
            self.setAccessibleDescription(f"{len(titles)} endpoints")
            self.update()
        if self._bring_up_to_date():
            self.update()

    def forget(self) -> None:
        """Show the next snapshot whatever was shown a moment ago: it has other rows."""
        self._snapshot = None

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        lanes = len(self._snapshot.endpoints) if self._snapshot is not None else 4
        return QSize(300, comfortable_height(lanes))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._bring_up_to_date()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color("panel"))
        if self._snapshot is None or not self._snapshot.endpoints:
            return
        area = self._area()
        self._paint_title(painter, area.top())
        height = self._lane_height()
        if height < _IMAGE_BELOW:
            self._paint_image(painter, area)
            return
        for number, title in enumerate(self._titles):
            lane = QRectF(area.left(), area.top() + number * height, area.width(), height)
            if lane.top() > self.height():
                break
            if height >= _NAMED_HEIGHT:
                self._paint_name(painter, lane, title)
            self._paint_lane(painter, lane, self._lanes.codes[number])

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        if self._snapshot is None or not self._snapshot.endpoints:
            return
        row = int((event.position().y() - self._title_height()) // self._lane_height())
        if 0 <= row < len(self._snapshot.endpoints):
            self.chosen.emit(self._snapshot.endpoints[row].key)

    def _bring_up_to_date(self) -> bool:
        if self._snapshot is None:
            return False
        views: tuple[EndpointView, ...] = self._snapshot.endpoints
        now_s = self._snapshot.seconds(self._snapshot.at_ns)
        return self._lanes.show(views, self._span, now_s, int(self._area().width()))

    def _title_height(self) -> int:
        return QFontMetrics(self._look.small).height() + 14

    def _lane_height(self) -> float:
        room = self.height() - self._title_height() - 4
        return float(min(_TALLEST, max(0.01, room / max(1, len(self._titles)))))

    def _area(self) -> QRectF:
        """Where the lanes are, without their names."""
        top = self._title_height()
        has_names = self._lane_height() >= _NAMED_HEIGHT
        left = _EDGE + (min(self._longest + 12, int(self.width() * 0.34)) if has_names else 0)
        return QRectF(left, top, max(1, self.width() - left - _EDGE), self.height() - top - 4)

    def _paint_title(self, painter: QPainter, height: float) -> None:
        painter.setFont(self._look.small)
        painter.setPen(self._look.color("muted"))
        title = f"Endpoints ({len(self._titles)}), as the rows above · state over the time shown"
        room = self.width() - 2 * _EDGE
        shown = QFontMetrics(self._look.small).elidedText(title, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(_EDGE, 0, room, height), Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_name(self, painter: QPainter, lane: QRectF, title: str) -> None:
        rect = QRectF(_EDGE, lane.top(), lane.left() - 20, lane.height())
        # as in the rows above: names of one family differ at their end, addresses there most of all
        mode = Qt.TextElideMode.ElideLeft if "://" in title else Qt.TextElideMode.ElideMiddle
        name = QFontMetrics(self._look.small).elidedText(title, mode, int(rect.width()))
        painter.setPen(self._look.color("muted"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_image(self, painter: QPainter, area: QRectF) -> None:
        """Hundreds of endpoints as one image; where several share a row of pixels, the worst is seen."""
        codes = self._lanes.codes
        lanes, pixels = codes.shape
        rows = min(lanes, max(1, int(area.height())))
        if not pixels:
            return
        worst = np.ascontiguousarray(np.maximum.reduceat(codes, np.arange(rows) * lanes // rows, axis=0))
        image = QImage(worst.data, pixels, rows, pixels, QImage.Format.Format_Indexed8)
        image.setColorTable([self._rgb(state) for state in CALM_TO_ALARMING])
        painter.drawImage(QRectF(area.left(), area.top(), pixels, area.height()), image)

    def _rgb(self, state: State | None) -> int:
        return QColor(self._look.theme.plot if state is None else state_color(state)).rgb()

    def _paint_lane(self, painter: QPainter, lane: QRectF, codes: NDArray[np.uint8]) -> None:
        air = 4.0 if lane.height() >= _NAMED_HEIGHT else 0.0
        for first, stop, code in runs_of(codes):
            state = CALM_TO_ALARMING[code]
            assert state is not None
            height = (lane.height() - air) * state_height(state)
            top = lane.center().y() - height / 2
            painter.fillRect(QRectF(lane.left() + first, top, stop - first, height), QColor(state_color(state)))
