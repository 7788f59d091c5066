"""What a plot wants painted, in data coordinates. The window paints it; CSV export reads it.

x is seconds since the session's start (float64): small numbers keep their precision and the axis
adds the wall clock. A role names what a thing is; the theme gives it colour and pattern.
"""

import math
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from typing import Literal

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.events import State

Floats = NDArray[np.float64]
Role = Literal[
    "rtt_ws", "rtt_app", "rtt_tcp", "rtt_client", "lag", "missed", "buffered", "limit", "sent", "received", "closure"
]

_CROWD = 400
_NAMED = 2
"""So many ways of one chip have room for their names."""


class Span(Struct, frozen=True):
    """A stretch of the time axis, in seconds since the session's start."""

    start_s: float
    end_s: float

    def until(self, now_s: float) -> "Span":
        """The part of it that has happened by `now_s`; empty (end = start) if all of it lies ahead."""
        return Span(self.start_s, max(self.start_s, min(self.end_s, now_s)))


class Line(Struct, frozen=True):
    """A curve. NaN in `y` breaks it; at most two points a pixel. `top` is a value that its typical ones fill.

    Where several connections are in one picture `series` says whose it is, and gives its colour.
    """

    role: Role
    label: str
    x: Floats
    y: Floats
    top: float = math.nan
    series: int | None = None


class Dots(Struct, frozen=True):
    """Single values, each a dot: all of a line's while there is room for them, else those that no line joins."""

    role: Role
    label: str
    x: Floats
    y: Floats
    series: int | None = None

    @property
    def is_crowd(self) -> bool:
        """So many that they are painted small and square: round ones cost ten times as much."""
        return len(self.x) > _CROWD


class Strip(Struct, frozen=True):
    """A thin strip below the values, coloured around `x`, `width_s` wide, where they deserve less trust.

    `lag_ms` is our own lag over `lag_x`, for read-outs.
    """

    role: Role
    label: str
    x: Floats
    width_s: float
    lag_x: Floats
    lag_ms: Floats


class Bars(Struct, frozen=True):
    """Bars from `base` to `y`, `width_s` wide, centred on `x`."""

    role: Role
    label: str
    x: Floats
    y: Floats
    width_s: float
    base: float = 0.0


class StateSpan(Struct, frozen=True):
    """A stretch of one state; neighbours in the same state are merged. `lane` is its place among `Drawing.lanes`."""

    start_s: float
    end_s: float
    state: State
    text: str
    lane: int = 0


class Level(Struct, frozen=True):
    """A horizontal line, such as a limit."""

    role: Role
    label: str
    y: float


class Way(Struct, frozen=True):
    """A way in which `count` connections ended; without a text it is not known which."""

    text: str
    count: int


class Mark(Struct, frozen=True):
    """A vertical line through all plots, with a chip that says how (`FIN`, `RST`, `1012`).

    Closures that would be painted over each other are one mark, in several `ways`. `forced` is true if we
    forced all of them. `details` are several lines on one that stands alone.
    """

    x: float
    ways: tuple[Way, ...]
    tooltip: str
    forced: bool
    details: str = ""
    is_opening: bool = False
    """True for openings that failed: a chip without a line, for nothing was there to end."""

    @property
    def text(self) -> str:
        """What its chip says."""
        return ways_text(self.ways)

    @property
    def count(self) -> int:
        """How many ended there."""
        return sum(way.count for way in self.ways)


def ways_text(ways: Sequence[Way]) -> str:
    """`FIN ×3 · RST`: the most frequent ways by name, those that have no room as a number (`FIN ×3 · RST · +2`)."""
    named = sorted((way for way in ways if way.text), key=lambda way: -way.count)
    others = sum(way.count for way in ways) - sum(way.count for way in named[:_NAMED])
    texts = [f"{way.text} ×{way.count:,}" if way.count > 1 else way.text for way in named[:_NAMED]]
    texts[1:] = [text.removeprefix("✖ ") for text in texts[1:]]
    return " · ".join([*texts, f"+{others:,}"] if others else texts)


class Forced(Struct, frozen=True):
    """A condition that we forced, shaded through all plots; `text` is its name and how long it held."""

    start_s: float
    end_s: float
    text: str


class NoteMark(Struct, frozen=True):
    """A note of the user, or an alert: a line through all plots, with its text on the first."""

    x: float
    text: str
    is_alert: bool = False


class Through(Struct, frozen=True):
    """What goes through all plots besides closures."""

    forced: tuple[Forced, ...] = ()
    notes: tuple[NoteMark, ...] = ()


class Drawing(Struct, frozen=True):
    """Everything that one plot shows for one span.

    `y_range` is what to show by default; `summary` says the same in one sentence, for those who
    cannot see the picture.
    """

    lines: tuple[Line, ...] = ()
    dots: tuple[Dots, ...] = ()
    outliers: tuple[Dots, ...] = ()
    """What stands above the top of its line: marked at the edge where it is above the range shown."""
    strip: Strip | None = None
    bars: tuple[Bars, ...] = ()
    states: tuple[StateSpan, ...] = ()
    lanes: tuple[str, ...] = ()
    """Names of the bands of `states` from top to bottom; none where there is only one."""
    levels: tuple[Level, ...] = ()
    gaps: tuple[Span, ...] = ()
    """Stretches in which nothing was measured (the probe was gone)."""
    y_range: tuple[float, float] = (0.0, 1.0)
    summary: str = ""
    title: str = ""
    """What it shows, where that is not what the plot's own title says."""

    def without(self, labels: AbstractSet[str]) -> "Drawing":
        """The same without what is called so; the range fits the lines that stay, where they have tops."""
        if not labels:
            return self
        lines = tuple(line for line in self.lines if line.label not in labels)
        tops = [line.top for line in lines if not math.isnan(line.top)]
        return replace(
            self,
            lines=lines,
            dots=tuple(one for one in self.dots if one.label not in labels),
            outliers=tuple(one for one in self.outliers if one.label not in labels),
            strip=None if self.strip is not None and self.strip.label in labels else self.strip,
            bars=tuple(one for one in self.bars if one.label not in labels),
            levels=tuple(one for one in self.levels if one.label not in labels),
            y_range=(self.y_range[0], max(tops)) if tops else self.y_range,
        )


class Plot(Struct, frozen=True):
    """One plot of the stack. `height` weighs it against its neighbours; `unit` labels the y axis.

    Without a unit (`None`) there are no values: bands need no axis. `draw` says what a view looks like over a span
    on so many columns of pixels. What holds on (a state, the depth of the outbox) is drawn to the end of the span:
    let it end now (`Span.until`), not in the future.
    """

    id: str
    title: str
    unit: str | None
    height: float
    draw: Callable[[EndpointView, Span, int], Drawing]
