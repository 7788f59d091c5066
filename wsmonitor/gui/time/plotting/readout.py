"""What all plots say at one moment, in words. Pure."""

import re
from collections.abc import Sequence
from textwrap import wrap

import numpy as np
from msgspec import Struct

from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.gui.look.moments import Moments
from wsmonitor.plots.drawing import Drawing, Floats, Line, Mark, Span
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes
from wsmonitor.text import units
from wsmonitor.text.wording.code_words import code_line

_WIDTH = 84
"""Characters: the box should leave most of the plots free."""
_CODE = re.compile(r"\d{4}", re.ASCII)


class Markers(Struct, frozen=True):
    """The two measuring marks, in seconds since the session's start."""

    a: float | None = None
    b: float | None = None


def readout(
    at_s: float,
    snapshot: Snapshot,
    plots: Sequence[tuple[str, Drawing]],
    marks: Sequence[Mark],
    span: Span,
    *,
    moments: Moments,
    codes: CloseCodes = EVERYBODYS,
) -> list[str]:
    """Lines for the box beside the cursor; `plots` are pairs of unit and drawing, `codes` those of the endpoint."""
    at_ns = snapshot.start_ns + round(at_s * 1e9)
    lines = [f"{moments.clock(snapshot, at_ns)}   t {at_s - snapshot.seconds(snapshot.at_ns):+.1f} s"]
    width = span.end_s - span.start_s
    for unit, drawing in plots:
        values = [text for line in drawing.lines if (text := _value(line, at_s, width, unit))]
        lines += [" · ".join(values[start : start + 2]) for start in range(0, len(values), 2)]
        strip = drawing.strip
        lag_ms = None if strip is None else value_at(strip.lag_x, strip.lag_ms, at_s, max(width * 0.05, 2.0))
        if lag_ms:
            lines.append(f"our own lag {units.round_trip(lag_ms * 1e6)}")
        lines += [
            f"{stretch.state.letter} {stretch.text}"
            if not stretch.text.startswith(stretch.state.letter)
            else stretch.text
            for stretch in drawing.states
            if stretch.start_s <= at_s < stretch.end_s
        ]
        if any(gap.start_s <= at_s < gap.end_s for gap in drawing.gaps):
            lines.append("not measured: the probe was gone")
    near = [mark for mark in marks if abs(mark.x - at_s) < width * 0.006]
    if len(near) == 1 and near[0].details:
        lines += [
            piece for line in near[0].details.splitlines() for piece in wrap(line, _WIDTH, subsequent_indent="  ")
        ]
    else:
        lines += [line for mark in near[:3] for line in mark.tooltip.splitlines()]
        lines += [
            code_line(int(code), codes)
            for mark in near[:3]
            if _CODE.fullmatch(code := mark.text.rpartition(": ")[2].split()[0])
        ]
    return list(dict.fromkeys(lines))


def _value(line: Line, at_s: float, width_s: float, unit: str) -> str:
    """The value nearest to `at_s`, unless it is too far away to belong here."""
    value = value_at(line.x, line.y, at_s, max(width_s * 0.05, 2.0))
    if value is None:
        return ""
    shown = units.round_trip(value * 1e6) if unit == "ms" else f"{_count(abs(value))}{f' {unit}' if unit else ''}"
    return f"{line.label} {shown}"


def _count(value: float) -> str:
    """`0.25`, `12.5`, `12,345`: three digits, or all of a large number's."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def value_at(x: Floats, y: Floats, at_s: float, reach_s: float) -> float | None:
    """The value nearest to a moment, unless it is more than `reach_s` away."""
    is_value = ~np.isnan(y)
    x, y = x[is_value], y[is_value]
    if not len(x):
        return None
    after = min(int(np.searchsorted(x, at_s)), len(x) - 1)
    at = after - 1 if after and abs(x[after - 1] - at_s) <= abs(x[after] - at_s) else after
    return float(y[at]) if abs(float(x[at]) - at_s) <= reach_s else None
