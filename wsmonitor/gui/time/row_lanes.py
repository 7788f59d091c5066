"""The states of a row of the list over the time that the plots show: row and lane are one line."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from wsmonitor.analysis.series.states import CALM_TO_ALARMING, StatesView
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.facts.events import Key
from wsmonitor.gui.look.colors import state_color, state_height
from wsmonitor.gui.look.theme import Look
from wsmonitor.plots.drawing import Span
from wsmonitor.plots.lanes import lane_codes

Codes = NDArray[np.uint8]
_HEIGHTS = np.array([0.0 if state is None else state_height(state) for state in CALM_TO_ALARMING])
_COLORS = [0 if state is None else QColor(state_color(state)).rgba() for state in CALM_TO_ALARMING]
_MOST = 64
"""Of more connections in one row the first ones speak: a lane of a closed group costs no more."""


class RowLanes:
    """Paints lanes; `show_time` says of which time, and whether they have to be painted anew for it."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._span = self._known = Span(0.0, 1.0)
        self._cache: dict[Key, tuple[StatesView, Codes]] = {}
        """Of the time that is shown, and no longer: recordings come and go."""

    def show_time(self, snapshot: Snapshot, span: Span, width: int) -> bool:
        """Show `span` from now on; true where lanes `width` pixels wide moved by a pixel."""
        known = span.until(snapshot.seconds(snapshot.at_ns))
        pixel_s = (span.end_s - span.start_s) / max(1, width)
        moved_s = max(abs(known.start_s - self._known.start_s), abs(known.end_s - self._known.end_s))
        has_width_changed = abs((span.end_s - span.start_s) - (self._span.end_s - self._span.start_s)) > pixel_s
        if moved_s < pixel_s and not has_width_changed:
            return False
        self._span, self._known = span, known
        self._cache.clear()
        return True

    def paint(self, painter: QPainter, area: QRect, views: Sequence[EndpointView]) -> None:
        """The worst of what these did, from left to right; the higher, the more worked."""
        share = (self._known.end_s - self._known.start_s) / (self._span.end_s - self._span.start_s)
        pixels, height = int(area.width() * share), area.height()
        if pixels < 1 or height < 1:
            return
        codes = np.maximum.reduce([self._codes(view, pixels) for view in views[:_MOST]])
        painter.fillRect(area, self._look.color("plot"))
        rows = np.arange(height, 0, -1)[:, np.newaxis] <= np.ceil(_HEIGHTS[codes] * height)
        picture = np.ascontiguousarray(np.where(rows, codes, 0).astype(np.uint8))
        image = QImage(picture.data, pixels, height, pixels, QImage.Format.Format_Indexed8)
        image.setColorTable(_COLORS)
        painter.drawImage(QRectF(area.left(), area.top(), pixels, height), image)

    def _codes(self, view: EndpointView, pixels: int) -> Codes:
        """The states of one connection, a pixel each; read anew once they changed or the picture moved."""
        states, cached = view.history.states, self._cache.get(view.key)
        if cached is not None and cached[0] is states and len(cached[1]) == pixels:
            return cached[1]
        codes = lane_codes(view, self._known, pixels)
        self._cache[view.key] = (states, codes)
        return codes
