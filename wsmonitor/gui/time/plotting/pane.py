"""One plot of the stack: paints a `Drawing` with pyqtgraph items that are made once and kept."""

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor

from wsmonitor.gui.look.colors import FAILED, curve_color, role_color
from wsmonitor.gui.look.moments import TimeDisplay
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.plotting.axes import TimeAxis, ValueAxis, ValueScale, style_axis
from wsmonitor.gui.time.plotting.chips import Chips
from wsmonitor.gui.time.plotting.header import Header, outliers_note
from wsmonitor.gui.time.plotting.layers import HEADER_HEIGHT, Underlay
from wsmonitor.gui.time.plotting.points import STRIP_HEIGHT, Points
from wsmonitor.plots.drawing import Bars, Drawing, Floats, Line, Mark, Plot, Role, Span, Through

_EMPTY = Drawing()
_BAND_MORE = 0.3
_NOTHING = np.empty(0, dtype=np.float64)


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
        self._underlay = Underlay(box, look)
        self._header = Header(box, look, plot.title)
        self._points = Points(box, look)
        self._chips = Chips(box, look) if is_top else None
        self._curves: dict[str, tuple[pg.PlotCurveItem, Line]] = {}
        """By label; with what was last painted of it."""
        self._bars: dict[tuple[Role, str], pg.BarGraphItem] = {}
        self._marks = pg.PlotCurveItem(connect="pairs", skipFiniteCheck=True)
        self._marks.setZValue(5)
        self.item.addItem(self._marks, ignoreBounds=True)
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
        return {label: curve.getData() for label, (curve, _) in self._curves.items() if curve.isVisible()}

    def show(self, drawing: Drawing, marks: Sequence[Mark], through: Through, span: Span) -> None:
        """Paint `drawing`, the closure lines and what else goes through all plots over `span`."""
        whole, drawing = drawing, drawing.without(self.hidden)
        self.drawing = drawing
        scale = self._value_axis.scale_shown = self._scale(drawing)
        y_range = (scale.low, scale.high)
        self.item.getViewBox().setRange(
            xRange=(span.start_s, span.end_s), yRange=y_range, padding=0, disableAutoRange=True
        )
        self._show_lines(drawing.lines, scale)
        self._show_bars(drawing.bars, scale)
        self._show_marks(marks, y_range)
        if self._chips is not None:
            self._chips.show_marks(marks, through)
        self._underlay.show_drawing(drawing, scale, through, has_grid=self._has_values)
        self._points.show_drawing(drawing, scale)
        top = 10.0**scale.top if scale.is_log else scale.top
        self._header.show_drawing(whole, self.hidden, outliers_note(drawing.outliers, top, self.plot.unit))
        for layer in (self._underlay, self._points, self._header, self._chips):
            if layer is not None:
                layer.cover(span)

    def set_title(self, prefix: str) -> None:
        """Put `prefix`, the endpoint, in front of the plot's own title."""
        unit = f" ({self.plot.unit})" if self.plot.unit and not self.plot.unit.startswith("/") else ""
        self._header.title = f"{prefix}{self.plot.title}{unit}"

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
        for curve, line in self._curves.values():
            self._style_curve(curve, line)
        for (role, _), bars in self._bars.items():
            self._style_bars(bars, role)
        self._marks.setPen(pg.mkPen(FAILED, width=1, style=Qt.PenStyle.DashLine))

    @property
    def _has_values(self) -> bool:
        return self.plot.id != "state"

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

    def _show_lines(self, lines: Sequence[Line], scale: ValueScale) -> None:
        shown = set()
        for line in lines:
            shown.add(line.label)
            curve, before = self._curves.get(line.label, (None, None))
            if curve is None:
                curve = pg.PlotCurveItem(antialias=False)
                self.item.addItem(curve, ignoreBounds=True)
            if before is None or (before.role, before.series) != (line.role, line.series):
                self._style_curve(curve, line)
            self._curves[line.label] = (curve, line)
            has_gaps = bool(np.isnan(line.y).any())
            curve.setData(
                line.x, scale.on_axis(line.y), connect="finite" if has_gaps else "all", skipFiniteCheck=not has_gaps
            )
            curve.setVisible(True)
        for label, (curve, _) in self._curves.items():
            if label not in shown:
                curve.setVisible(False)

    def _show_bars(self, all_bars: Sequence[Bars], scale: ValueScale) -> None:
        shown = set()
        for bars in all_bars:
            key = (bars.role, bars.label)
            shown.add(key)
            item = self._bars.get(key)
            if item is None:
                item = self._bars[key] = pg.BarGraphItem(x=_NOTHING, height=_NOTHING, width=1.0)
                self._style_bars(item, bars.role)
                self.item.addItem(item, ignoreBounds=True)
            foot, heads = (scale.base, _high_bars(scale, bars)) if scale.is_log else (bars.base, bars.y)
            item.setOpts(x=bars.x, y0=foot, y1=heads, height=None, width=bars.width_s)
            item.setVisible(bars.x.size > 0)
        for key, item in self._bars.items():
            if key not in shown:
                item.setVisible(False)

    def _show_marks(self, marks: Sequence[Mark], y_range: tuple[float, float]) -> None:
        closures = [mark.x for mark in marks if not mark.is_opening]
        x = np.repeat(np.array(closures, dtype=np.float64), 2)
        y = np.tile(np.array(y_range, dtype=np.float64), len(closures))
        self._marks.setData(x, y)

    def _style_curve(self, curve: pg.PlotCurveItem, line: Line) -> None:
        curve.setPen(pg.mkPen(QColor(curve_color(self._look.theme, line)), width=1))

    def _style_bars(self, bars: pg.BarGraphItem, role: Role) -> None:
        color = role_color(self._look.theme, role)
        bars.setOpts(brush=pg.mkBrush(color), pen=pg.mkPen(None if role != "missed" else color))


def _decades(lines: Sequence[Line], top: float) -> tuple[float, float]:
    """Decimal logarithms of a range that holds everything down to the smallest value of `lines`."""
    least = min((float(line.y[line.y > 0].min(initial=top)) for line in lines), default=top)
    base, high = math.floor(math.log10(max(least, 1e-6))), math.log10(max(top, 1e-6))
    return float(base), max(high, base + 1.0)


def _high_bars(scale: ValueScale, bars: Bars) -> Floats:
    """Bars say that something was missed, not how much: as high as on a linear scale."""
    return np.full(len(bars.x), scale.base + (scale.top - scale.base) * 0.2)
