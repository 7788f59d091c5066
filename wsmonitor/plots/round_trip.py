"""Round trips of every kind, missed heartbeats as bars from the axis, and where our own lag spoils them."""

import numpy as np
from msgspec import Struct

from wsmonitor.analysis.series.history import EndpointHistory
from wsmonitor.analysis.series.levels import Buckets
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.events import HeartbeatKind
from wsmonitor.plots.curves import gaps_within, line_points, reach_of, within
from wsmonitor.plots.drawing import Bars, Dots, Drawing, Line, Plot, Role, Span, Strip
from wsmonitor.plots.scale import ceiling, typical_top
from wsmonitor.text.units import counted, duration
from wsmonitor.text.wording.event_words import kind_name

_ROLES: dict[HeartbeatKind, Role] = {"ws": "rtt_ws", "app": "rtt_app", "tcp": "rtt_tcp", "client": "rtt_client"}
_LABELS: dict[HeartbeatKind, str] = {"ws": "ws", "app": "app", "tcp": "kernel tcp", "client": "your client"}
_BAR_HEIGHT = 0.2
_BAR_PIXELS = 2.0
_DOT_PIXELS = 6
"""A dot for each sample while each has so much room."""
_LAG_PIXELS = 4.0
_LEAST_MS = 0.1


def draw(view: EndpointView, span: Span, pixels: int) -> Drawing:
    """Milliseconds over time: a dot for each sample while there is room, and lines between neighbours only.

    Typical values fill the scale; rare ones far above it are outliers. Our own lag is no round trip: a strip
    shows where it was more than a fifth of one.
    """
    history = view.history
    read = {kind: series.read(span.start_s, span.end_s, pixels) for kind, series in history.round_trips.items()}
    missed = history.missed.read(span.start_s, span.end_s, pixels)
    kinds = [
        _kind(kind, buckets, history.intervals_s.get(kind), span, pixels)
        for kind, buckets in read.items()
        if len(buckets.x)
    ]
    top = max((one.line.top for one in kinds if one.line.top > 0), default=ceiling(np.nan))
    pixel_s = (span.end_s - span.start_s) / max(1, pixels)
    return Drawing(
        lines=tuple(one.line for one in kinds),
        dots=tuple(one.dots for one in kinds if len(one.dots.x)),
        outliers=tuple(one.outliers for one in kinds if len(one.outliers.x)),
        strip=_strip(history, span, pixels),
        bars=_missed_bars(missed, top, pixel_s),
        gaps=gaps_within(history.session, span),
        y_range=(0.0, top),
        summary=_summary(read, missed, span),
    )


PLOT = Plot("round_trip", "Round trip", "ms", 3.0, draw)


class _Kind(Struct, frozen=True):
    line: Line
    dots: Dots
    outliers: Dots


def _kind(kind: HeartbeatKind, buckets: Buckets, interval_s: float | None, span: Span, pixels: int) -> _Kind:
    """One kind of heartbeat over the span."""
    role, label = _ROLES[kind], _LABELS[kind]
    x, y, dots_x, dots_y = line_points(buckets, reach_of(buckets, interval_s))
    inside = within(buckets, span.start_s, span.end_s)
    if buckets.width_s == 0 and _DOT_PIXELS * np.count_nonzero(inside) <= pixels:
        dots_x, dots_y = buckets.x[inside], buckets.high[inside]
    highs = buckets.high[inside]
    top = ceiling(typical_top(highs), at_least=_LEAST_MS) if len(highs) else np.nan
    above = highs > top
    outliers = Dots(role, label, buckets.centre[inside][above], highs[above])
    return _Kind(Line(role, label, x, y, top), Dots(role, label, dots_x, dots_y), outliers)


def _strip(history: EndpointHistory, span: Span, pixels: int) -> Strip:
    """Where our own lag was more than a fifth of a round trip."""
    spoiled = history.spoiled.read(span.start_s, span.end_s, pixels)
    lag = history.session.lag.read(span.start_s, span.end_s, pixels)
    pixel_s = (span.end_s - span.start_s) / max(1, pixels)
    width_s = max(spoiled.width_s, _LAG_PIXELS * pixel_s)
    return Strip("lag", "our own lag > 20%", spoiled.centre, width_s, lag.centre, lag.high)


def _missed_bars(missed: Buckets, top: float, pixel_s: float) -> tuple[Bars, ...]:
    """A bar for each missed heartbeat, or for each bucket that saw one."""
    if not len(missed.x):
        return ()
    width_s = max(missed.width_s, _BAR_PIXELS * pixel_s)
    return (Bars("missed", "missed", missed.centre, np.full(len(missed.x), top * _BAR_HEIGHT), width_s),)


def _summary(read: dict[HeartbeatKind, Buckets], missed: Buckets, span: Span) -> str:
    parts = [text for kind, buckets in read.items() if (text := _in_words(kind, buckets, span))]
    inside = (missed.x >= span.start_s) & (missed.x < span.end_s)
    misses = int(missed.count[inside].sum())
    if not parts and not misses:
        return "Round trip: nothing measured."
    return f"Round trip: {'; '.join([*parts, counted(misses, 'missed heartbeat')])}."


def _in_words(kind: HeartbeatKind, buckets: Buckets, span: Span) -> str:
    inside = (buckets.x >= span.start_s) & (buckets.x < span.end_s) & (buckets.count > 0)
    if not inside.any():
        return ""
    low, high = buckets.low[inside].min(), buckets.high[inside].max()
    mean = buckets.total[inside].sum() / buckets.count[inside].sum()
    return f"{kind_name(kind)} {duration(low * 1e6)} to {duration(high * 1e6)}, mean {duration(mean * 1e6)}"
