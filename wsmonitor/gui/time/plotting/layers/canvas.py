"""The kept picture of a plot: what moved is scrolled, what changed is painted anew, all else stays as it is."""

import math
from collections.abc import Iterable

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPaintEngine, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.layers.changes import changed_spans
from wsmonitor.gui.time.plotting.layers.layer import Area, Content, Layer, merged
from wsmonitor.gui.time.plotting.layers.points import paint_points
from wsmonitor.gui.time.plotting.layers.strokes import paint_bars, paint_lines, paint_marks
from wsmonitor.gui.time.plotting.layers.underlay import LANE_NAME, paint_underlay
from wsmonitor.plots.drawing import Span

REACH = 6
"""What is painted at a moment reaches so many pixels to either side, at most."""


class Canvas(Layer):
    """Below everything else of its plot."""

    def __init__(self, box: pg.ViewBox, look: Look) -> None:
        super().__init__(box, look, z=-10)
        self._content: Content | None = None
        self._kept: QPixmap | None = None

    def forget(self) -> None:
        """Paint everything anew: how it is to look has changed."""
        self._kept = None
        self.update()

    def show_content(self, content: Content) -> None:
        """Bring the picture up to date."""
        before, self._content = self._content, content
        moved = self._moved(before, content) if before is not None else None
        changed = None
        if before is not None and moved is not None:
            changed = changed_spans(before.picture, content.picture, content.span.start_s)
        if self._kept is None or moved is None or changed is None:
            self.forget()
            return
        columns = self._columns(content, changed, moved)
        if moved:
            self._kept.scroll(-round(moved * self._kept.devicePixelRatio()), 0, self._kept.rect())
            self.update()
        self._paint(self._kept, content, columns)
        for left, right in () if moved else columns:
            self.update(QRectF(left, 0, right - left, self._rect.height()))

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        whole = [(0, math.ceil(self._rect.width()))]
        if self._content is None or self._rect.isEmpty():
            return
        if painter.paintEngine().type() is not QPaintEngine.Type.Raster:  # a drawing of lines is to stay one
            painter.save()
            self._paint_on(painter, self._content, whole)
            painter.restore()
            return
        ratio = painter.device().devicePixelRatio()
        if self._kept is None or self._kept.devicePixelRatio() != ratio:
            size = self._rect.size() * ratio
            self._kept = QPixmap(math.ceil(size.width()), math.ceil(size.height()))
            self._kept.setDevicePixelRatio(ratio)
            self._paint(self._kept, self._content, whole)
        painter.drawPixmap(0, 0, self._kept)

    def cover(self, span: Span) -> None:
        if self._box.rect() != self._rect:
            self._kept = None
        super().cover(span)

    def _moved(self, before: Content, after: Content) -> int | None:
        """By how many columns the picture moved to the left; `None` where it is another altogether."""
        width_s, was_s = (one.span.end_s - one.span.start_s for one in (after, before))
        is_alike = abs(width_s - was_s) < 1e-9 * width_s and before.scale == after.scale
        if self._kept is None or not is_alike or before.has_grid != after.has_grid:
            return None
        pixels = self._area(after).origin - self._area(before).origin
        on_screen = pixels * self._kept.devicePixelRatio()
        is_whole = pixels == round(pixels) and on_screen == round(on_screen)
        return round(pixels) if is_whole and 0 <= pixels < self._rect.width() / 2 else None

    def _columns(self, content: Content, changed: Iterable[Span], moved: int) -> list[tuple[int, int]]:
        """The columns to paint anew."""
        width = math.ceil(self._rect.width())
        area = self._area(content)
        columns = [(math.floor(area.x(one.start_s)) - REACH, math.ceil(area.x(one.end_s)) + REACH) for one in changed]
        if moved:
            named = LANE_NAME + REACH if content.picture.drawing.lanes else 0
            columns += [(0, REACH + named), (width - moved - REACH, width)]
        return merged([(max(0, left), min(width, right)) for left, right in columns])

    def _area(self, content: Content) -> Area:
        return Area(self._rect.width(), self._rect.height(), content.span, content.scale)

    def _paint(self, kept: QPixmap, content: Content, columns: list[tuple[int, int]]) -> None:
        painter = QPainter(kept)
        self._paint_on(painter, content, columns)
        painter.end()

    def _paint_on(self, painter: QPainter, content: Content, columns: list[tuple[int, int]]) -> None:
        area, drawing = self._area(content), content.picture.drawing
        for left, right in columns:
            painter.setClipRect(left, 0, right - left, math.ceil(area.height))
            paint_underlay(painter, self._look, area, content)
            paint_lines(painter, self._look, area, drawing.lines, (left, right))
            paint_bars(painter, self._look, area, drawing.bars, (left, right))
            paint_marks(painter, area, content.picture.marks)
            paint_points(painter, self._look, area, drawing, (left, right))
