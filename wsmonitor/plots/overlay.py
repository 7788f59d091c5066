"""Several connections in one picture: a curve and a band each, what passes and what was missed of all together."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from msgspec.structs import replace

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.plots.drawing import Bars, Dots, Drawing, Line, Plot, Span, StateSpan
from wsmonitor.plots.scale import ceiling
from wsmonitor.plots.state import band

MOST = 8
"""So many connections can be told apart in one picture."""


def drawn(plot: Plot, views: Sequence[EndpointView], names: Sequence[str], span: Span, pixels: int) -> Drawing:
    """What `plot` shows of these connections, which are called `names`; of one alone, all that the plot has."""
    if len(views) == 1:
        return plot.draw(views[0], span, pixels)
    drawings = [plot.draw(view, span, pixels) for view in views]
    has_bands = any(drawing.states for drawing in drawings)
    bands = [_band(view, span, pixels, number) for number, view in enumerate(views)] if has_bands else []
    lines = [_first(drawing, number, name) for number, (drawing, name) in enumerate(zip(drawings, names, strict=True))]
    bars = _together([one for drawing in drawings for one in drawing.bars])
    return Drawing(
        lines=tuple(line for line in lines if line is not None),
        dots=tuple(_dots(drawings, lines, lambda drawing: drawing.dots)),
        outliers=tuple(_dots(drawings, lines, lambda drawing: drawing.outliers)),
        strip=drawings[0].strip,
        bars=bars,
        states=tuple(stretch for band in bands for stretch in band),
        lanes=tuple(names) if bands else (),
        gaps=drawings[0].gaps,
        title=drawings[0].title,
        y_range=_range(drawings, lines, bars),
        summary=" ".join(f"{name}: {drawing.summary}" for name, drawing in zip(names, drawings, strict=True)),
    )


def _first(drawing: Drawing, number: int, name: str) -> Line | None:
    """The curve that speaks for a connection, under its name."""
    return next((replace(line, label=name, series=number) for line in drawing.lines if len(line.x)), None)


def _dots(
    drawings: Sequence[Drawing], lines: Sequence[Line | None], of: Callable[[Drawing], Iterable[Dots]]
) -> Iterable[Dots]:
    """Those that belong to the curves that are shown."""
    for drawing, line in zip(drawings, lines, strict=True):
        for one in of(drawing):
            if line is not None and one.role == line.role:
                yield replace(one, label=line.label, series=line.series)


def _band(view: EndpointView, span: Span, pixels: int, number: int) -> tuple[StateSpan, ...]:
    return tuple(replace(stretch, lane=number) for stretch in band(view.history.states, span, pixels))


def _together(bars: Sequence[Bars]) -> tuple[Bars, ...]:
    """Bars of one kind at one place are one bar: as high as all of them, or as the highest of what was missed."""
    found: list[Bars] = []
    for role in dict.fromkeys(one.role for one in bars):
        mine = [one for one in bars if one.role == role]
        x, place = np.unique(np.concatenate([one.x for one in mine]), return_inverse=True)
        heights = np.concatenate([one.y for one in mine])
        y = np.zeros(len(x))
        (np.maximum if role == "missed" else np.add).at(y, place, heights)
        found.append(replace(mine[0], x=x, y=y, width_s=max(one.width_s for one in mine)))
    return tuple(found)


def _range(drawings: Sequence[Drawing], lines: Sequence[Line | None], bars: Sequence[Bars]) -> tuple[float, float]:
    """From the lowest to the highest that is shown."""
    low, high = min(one.y_range[0] for one in drawings), max(one.y_range[1] for one in drawings)
    tops = [line.top for line in lines if line is not None and line.top > 0]
    if tops:
        high = max(tops)
    passed = [float(np.abs(one.y).max(initial=0.0)) for one in bars if one.role in ("sent", "received")]
    reach = ceiling(max(passed, default=0.0))
    return (-reach, reach) if passed else (low, high)
