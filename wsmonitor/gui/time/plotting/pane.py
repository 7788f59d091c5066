"""One plot of the stack: a pyqtgraph item with its axes, and the layers that paint a `Drawing` in it."""

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF

from wsmonitor.gui.look.moments import TimeDisplay
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.axes import TimeAxis, ValueAxis, ValueScale, style_axis
from wsmonitor.gui.time.plotting.layers.canvas import Canvas
from wsmonitor.gui.time.plotting.layers.changes import Picture
from wsmonitor.gui.time.plotting.layers.chips import Chips
from wsmonitor.gui.time.plotting.layers.end_labels import EndLabels
from wsmonitor.gui.time.plotting.layers.header import Header, outliers_note
from wsmonitor.gui.time.plotting.layers.layer import HEADER_HEIGHT, Content
from wsmonitor.gui.time.plotting.layers.points import STRIP_HEIGHT
from wsmonitor.plots.drawing import Drawing, Floats, Line, Mark, Plot, Span, Through

_EMPTY = Drawing()
_BAND_MORE = 0.3


class Pane:
    """The `PlotItem` of one entry of `PLOTS` and everything painted in it."""

    def __init__(self, plot: Plot, look: Look, *, is_top: bool, is_bottom: bool) -> None:
        self.plot = plot
        self.drawing = _EMPTY
        self._look = look
        self._value_axis = ValueAxis()
        self.time_axis = TimeAxis() if is_bottom else None
        box = pg.ViewBox(enableMouse=False, enableMenu=False)
        axes = {"left": self._value_axis} | ({"bottom": self.time_axis} if self.time_axis is not None else {})
        self.item = pg.PlotItem(viewBox=box, axisItems=axes, enableMenu=False)
        self.item.hideButtons()
        if not is_bottom:
            self.item.hideAxis("bottom")
        box.disableAutoRange()
        self._canvas = Canvas(box, look)
        self._prefix = ""
        self._header = Header(box, look, plot.title)
        self._ends = EndLabels(box, look)
        self._chips = Chips(box, look) if is_top else None
        self._zoom = 1.0
        self.hidden: set[str] = set()
        """Labels of the legend whose curves are not shown."""
        self.is_log = False
        """Show values on a logarithmic scale, where they have one."""
        self.restyle()

    @property
    def wanted_height(self) -> float:
        """Its share of the height: more where it has several bands."""
        return self.plot.height * (1 + _BAND_MORE * max(0, len(self.drawing.lanes) - 1))

    @property
    def can_be_log(self) -> bool:
        """True for times: they are never negative, and reach from microseconds to seconds."""
        return self.plot.unit == "ms"

    @property
    def title(self) -> str:
        """What stands above it."""
        return self._header.title

    @property
    def labels(self) -> list[str]:
        """What the legend names."""
        return self._header.labels

    def label_at(self, point: QPointF) -> str:
        """The entry of the legend at a place in the scene; empty beside them."""
        place = self.item.getViewBox().mapFromScene(point)
        return self._header.label_at(place.x(), place.y())

    def toggle(self, label: str) -> None:
        """Hide a curve, or show it again."""
        self.hidden ^= {label}

    def isolate(self, label: str) -> None:
        """Show only this curve; all of them if it is the only one already."""
        others = {other for other in self.labels if other != label}
        self.hidden = set() if self.hidden == others else others

    @property
    def box_rect(self) -> QRectF:
        """The plot's area, in the scene's pixels."""
        box = self.item.getViewBox()
        rect: QRectF = box.mapRectToScene(box.rect())
        return rect

    @property
    def curves(self) -> dict[str, tuple[Floats, Floats]]:
        """What the curves show now, by label: for tests and read-outs."""
        on_axis = self._value_axis.scale_shown.on_axis
        return {line.label: (line.x, on_axis(line.y)) for line in self.drawing.lines}

    def show(self, drawing: Drawing, marks: Sequence[Mark], through: Through, span: Span) -> None:
        """Paint `drawing`, the closure lines and what else goes through all plots over `span`."""
        whole, drawing = drawing, drawing.without(self.hidden)
        self.drawing = drawing
        scale = self._scale(drawing)
        self._show_range(scale, span)
        self._header.title = self._prefix + (whole.title or self._own_title)
        top = 10.0**scale.top if scale.is_log else scale.top
        self._header.show_drawing(whole, self.hidden, outliers_note(drawing.outliers, top, self.plot.unit or ""))
        self._header.cover(span)
        self._canvas.cover(span)
        self._canvas.show_content(Content(Picture(drawing, marks, through), span, scale, self._has_values))
        self._ends.show_lines(drawing.lines, scale, span)
        if self._chips is not None:
            self._chips.show_marks(marks, through, span)

    def set_title(self, prefix: str) -> None:
        """Put `prefix`, the endpoint, in front of the plot's own title."""
        self._prefix = prefix
        self._header.title = prefix + self._own_title

    @property
    def _own_title(self) -> str:
        unit = f" ({self.plot.unit})" if self.plot.unit and not self.plot.unit.startswith("/") else ""
        return f"{self.plot.title}{unit}"

    def set_start(self, wall_s: float, display: TimeDisplay) -> None:
        """The wall clock at x = 0, and how times read."""
        if self.time_axis is not None:
            self.time_axis.set_start(wall_s, display)

    def zoom_values(self, factor: float) -> None:
        """Show `factor` times the default range of values; 1 resets."""
        self._zoom = 1.0 if factor == 1 else min(max(self._zoom * factor, 0.001), 1000.0)

    def restyle(self) -> None:
        """Take the theme's colours."""
        style_axis(self._value_axis, self._look)
        self._value_axis.setStyle(showValues=self._has_values)
        if self.time_axis is not None:
            style_axis(self.time_axis, self._look)
        self._canvas.forget()
        self._header.update()
        self._ends.update()
        if self._chips is not None:
            self._chips.update()

    @property
    def _has_values(self) -> bool:
        return self.plot.unit is not None

    def _show_range(self, scale: ValueScale, span: Span) -> None:
        """Let the axes say the range; nothing but them depends on what pyqtgraph knows of it."""
        box = self.item.getViewBox()
        if scale != self._value_axis.scale_shown:
            self._value_axis.scale_shown = scale
            box.setRange(yRange=(scale.low, scale.high), padding=0, disableAutoRange=False)
            self._value_axis.picture = None
            self._value_axis.update()
        if self.time_axis is not None:
            box.setRange(xRange=(span.start_s, span.end_s), padding=0, disableAutoRange=False)

    def _scale(self, drawing: Drawing) -> ValueScale:
        """The drawing's range times the user's zoom, with room for the header above and a strip below."""
        base, top = (edge * self._zoom for edge in drawing.y_range)
        if not self._has_values:
            return ValueScale(base, top, base, top)
        is_log = self.is_log and self.can_be_log
        if is_log:
            base, top = _decades(drawing.lines, top)
        strip = STRIP_HEIGHT if drawing.strip is not None else 0
        height = max(self.item.getViewBox().height(), HEADER_HEIGHT * 2.0 + strip)
        per_pixel = max(top - base, 1e-9) / (height - HEADER_HEIGHT - strip)
        return ValueScale(base - strip * per_pixel, top + HEADER_HEIGHT * per_pixel, base, top, is_log)


def _decades(lines: Sequence[Line], top: float) -> tuple[float, float]:
    """Decimal logarithms of a range that holds everything down to the smallest value of `lines`."""
    least = min((float(line.y[line.y > 0].min(initial=top)) for line in lines), default=top)
    base, high = math.floor(math.log10(max(least, 1e-6))), math.log10(max(top, 1e-6))
    return float(base), max(high, base + 1.0)
