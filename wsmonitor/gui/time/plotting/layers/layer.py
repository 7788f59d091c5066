"""Items that cover a plot, and where times and values stand in its pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pyqtgraph as pg
from msgspec import Struct
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem

from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.axes import ValueScale
from wsmonitor.gui.time.plotting.layers.changes import Picture
from wsmonitor.plots.drawing import Floats, Span

HEADER_HEIGHT = 20
WHOLE = 0.01
"""What is this near to a whole number of pixels is one."""


class Content(Struct, frozen=True):
    """A picture with the stretch of time and the range of values over which it is painted."""

    picture: Picture
    span: Span
    scale: ValueScale
    has_grid: bool


@dataclass(frozen=True)
class Area:
    """The pixels of a plot: `span` from left to right, `scale` from bottom to top."""

    width: float
    height: float
    span: Span
    scale: ValueScale

    @cached_property
    def per_second(self) -> float:
        """Pixels that a second takes; the same while a picture scrolls."""
        return self.width / round(self.span.end_s - self.span.start_s, 9)

    @cached_property
    def origin(self) -> float:
        """The column of the left edge, counted from the session's start: of a picture that scrolls a whole number."""
        column = self.span.start_s * self.per_second
        return round(column) if abs(column - round(column)) < WHOLE else column

    def x(self, seconds: float) -> float:
        """The pixel column of a time."""
        return seconds * self.per_second - self.origin

    def columns(self, seconds: Floats) -> Floats:
        """The pixel columns of times."""
        columns: Floats = seconds * self.per_second - self.origin
        return columns

    def rows(self, values: Floats) -> Floats:
        """The pixel rows of values."""
        return self.on_axis(self.scale.on_axis(values))

    def on_axis(self, values: Floats) -> Floats:
        """The pixel rows of values on the axis; the last row is the bottom."""
        return self.scale.rows(values, self.height - 1)


class Layer(QGraphicsItem):
    """Covers its view box, in the box's pixels; knows the span shown."""

    def __init__(self, box: pg.ViewBox, look: Look, *, z: float) -> None:
        super().__init__(box)
        self._box = box
        self._look = look
        self._rect = QRectF()
        self._span = Span(0.0, 1.0)
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:  # noqa: N802  # Qt's name
        return self._rect

    def cover(self, span: Span) -> None:
        """Take the box's size and the span it shows; what is painted anew because of it is the layer's to say."""
        rect: QRectF = self._box.rect()
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = QRectF(rect)
            self.update()
        self._span = span

    def x(self, seconds: float) -> float:  # type: ignore[override]  # a position in time, not the item's
        """The pixel column of a time."""
        width = self._span.end_s - self._span.start_s
        return (seconds - self._span.start_s) / width * self._rect.width()


def merged(columns: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of columns from left to right; those that touch are one."""
    found: list[tuple[int, int]] = []
    for left, right in sorted(columns):
        if found and left <= found[-1][1]:
            found[-1] = (found[-1][0], max(right, found[-1][1]))
        elif left < right:
            found.append((left, right))
    return found
