"""Axes: wall-clock labels for the shared time axis, a fixed width for every value axis."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pyqtgraph as pg
from msgspec import Struct

from wsmonitor.gui.look.moments import TimeDisplay, clock, elapsed
from wsmonitor.gui.look.theme import Look
from wsmonitor.plots.drawing import Floats

LEFT_WIDTH = 50
_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


def tick_step(width_s: float, pixels: float, *, label_pixels: float = 110) -> float:
    """The smallest round step whose labels do not collide on `pixels` columns."""
    wanted = width_s * label_pixels / max(pixels, 1.0)
    return next((step for step in _STEPS_S if step >= wanted), math.ceil(wanted / 86400) * 86400.0)


def time_label(wall_s: float, step_s: float, *, utc: bool = False) -> str:
    """Time of day, as precise as the ticks are dense; the date where a day begins."""
    moment = datetime.fromtimestamp(wall_s, UTC if utc else None)
    if step_s >= 86400 or (step_s >= 3600 and moment.hour == 0):
        return moment.strftime("%d %b")
    if step_s < 60:
        return clock(wall_s, digits=1 if step_s < 1 else 0, utc=utc)
    return moment.strftime("%H:%MZ" if utc else "%H:%M")


class ValueScale(Struct, frozen=True):
    """The range of a value axis: `low` to `high` fill the plot, `base` to `top` is what values may use.

    Where `is_log` all four are decimal logarithms.
    """

    low: float
    high: float
    base: float
    top: float
    is_log: bool = False

    def on_axis(self, values: Floats) -> Floats:
        """Where values stand on the axis; what has no logarithm stands at the base."""
        if not self.is_log:
            return values
        logarithms: Floats = np.log10(np.maximum(values, 10.0**self.base))
        return logarithms

    def rows(self, on_axis: Floats, height: float) -> Floats:
        """The rows of pixels of positions on the axis, 0 on top of `height`."""
        rows: Floats = height * (1.0 - (on_axis - self.low) / (self.high - self.low))
        return rows

    def ticks(self, pixels: float) -> tuple[float, list[float]]:
        """The step and the positions of labels."""
        share = (self.top - self.base) / (self.high - self.low)
        if self.is_log:
            return log_ticks(self.base, self.top)
        return value_ticks(self.base, self.top, pixels * share)


class TimeAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """Labels seconds since the session's start as times read in this window."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self._start_wall_s = 0.0
        self._display: TimeDisplay = "local"

    def set_start(self, wall_s: float, display: TimeDisplay) -> None:
        """The wall clock, seconds since the Unix epoch, at x = 0, and how times read."""
        if abs(wall_s - self._start_wall_s) > 1e-4 or display != self._display:
            self._start_wall_s, self._display = wall_s, display
            self.picture = None
            self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802, N803  # pyqtgraph's names
        step = tick_step(maxVal - minVal, size)
        zero = self._zero_s()
        first = math.ceil((minVal + zero) / step)
        last = math.floor((maxVal + zero) / step)
        return [(step, [number * step - zero for number in range(first, last + 1)])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802  # as above
        if self._display == "elapsed":
            return [elapsed(round(value * 1e9), digits=1 if spacing < 1 else 0) for value in values]
        utc = self._display == "utc"
        return [time_label(self._start_wall_s + value + 1e-6, spacing, utc=utc) for value in values]

    def _zero_s(self) -> float:
        """What the clock that is shown says at x = 0: ticks stand where it shows round numbers."""
        match self._display:
            case "elapsed":
                return 0.0
            case "utc":
                return self._start_wall_s
            case "local":
                return self._start_wall_s + _utc_offset_s(self._start_wall_s)


class ValueAxis(pg.AxisItem):  # type: ignore[misc]  # as above
    """A left axis of fixed width with few labels, none beside the header or a strip."""

    def __init__(self) -> None:
        super().__init__("left")
        self.scale_shown = ValueScale(0.0, 1.0, 0.0, 1.0)
        self.setWidth(LEFT_WIDTH)
        self.setStyle(tickLength=0, maxTickLevel=0, autoExpandTextSpace=False, tickTextWidth=LEFT_WIDTH - 8)

    def tickValues(  # noqa: N802  # as above
        self,
        minVal: float,  # noqa: N803  # as above
        maxVal: float,  # noqa: N803  # as above
        size: float,
    ) -> list[tuple[float, list[float]]]:
        return [self.scale_shown.ticks(size)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: N802  # as above
        if self.scale_shown.is_log:
            return [f"{10.0**value:,.6g}" for value in values]
        return [f"{value:,.0f}" if spacing >= 1 else f"{abs(value):.2g}" for value in map(abs, values)]


def value_ticks(low: float, high: float, pixels: float) -> tuple[float, list[float]]:
    """A round step and its multiples from `low` to `high`, as many as `pixels` rows have room for."""
    wanted = max(2, min(6, int(pixels // 30)))
    raw = max((high - low) / wanted, 1e-12)
    power = 10.0 ** math.floor(math.log10(raw))
    steps = [power * factor for factor in (0.5, 1, 2, 5, 10)]
    number = next(number for number, step in enumerate(steps) if step >= raw * 0.999)
    while number and steps[number] > max(high, -low) * (1 + 1e-9):  # zero alone says nothing
        number -= 1
    step = steps[number]
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return step, [number * step for number in range(first, last + 1)]


def log_ticks(base: float, top: float) -> tuple[float, list[float]]:
    """Powers of ten between two logarithms; over less than three of them 2 and 5 as well."""
    factors = (1, 2, 5) if top - base < 3 else (1,)
    powers = range(math.floor(base + 1e-9), math.ceil(top) + 1)
    values = [power + math.log10(factor) for power in powers for factor in factors]
    return 1.0, [value for value in values if base - 1e-9 <= value <= top + 1e-9]


def style_axis(axis: pg.AxisItem, look: Look) -> None:
    """Give an axis the theme's colours and fonts."""
    axis.setPen(pg.mkPen(look.theme.border))
    axis.setTextPen(pg.mkPen(look.theme.muted))
    axis.setTickFont(look.small)


def _utc_offset_s(wall_s: float) -> float:
    offset = datetime.fromtimestamp(wall_s).astimezone().utcoffset()
    return offset.total_seconds() if offset is not None else 0.0
