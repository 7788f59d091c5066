"""Round trips of every kind, missed heartbeats as bars from the axis, our own loop lag."""

import numpy as np

from wsmonitor.analysis.series.levels import Buckets
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.events import HeartbeatKind
from wsmonitor.plots.curves import highest, line_points
from wsmonitor.plots.drawing import Bars, Drawing, Line, Plot, Role, Span
from wsmonitor.plots.gaps import gaps_within
from wsmonitor.plots.scale import ceiling
from wsmonitor.text.units import counted, duration
from wsmonitor.text.wording.event_words import kind_name

_ROLES: dict[HeartbeatKind, Role] = {"ws": "rtt_ws", "app": "rtt_app", "tcp": "rtt_tcp"}
_LABELS: dict[HeartbeatKind, str] = {"ws": "ws", "app": "app", "tcp": "kernel tcp"}
_BAR_HEIGHT = 0.2
_BAR_PIXELS = 2.0
_LAG_SHARE = 3.0
"""Where nothing was measured our own lag fills at most a third: it must not pass for a round trip."""


class RoundTripPlot:
    """Milliseconds over time. The highest round trip in the span sets the scale, so no spike is cut off.

    Our own lag does not: a monitor that lags must not flatten what it measured.
    """

    id = "round_trip"
    title = "Round trip"
    unit = "ms"
    height = 3.0

    def draw(self, view: EndpointView, span: Span, pixels: int) -> Drawing:
        history = view.history
        read = {kind: series.read(span.start_s, span.end_s, pixels) for kind, series in history.round_trips.items()}
        lag = history.session.lag.read(span.start_s, span.end_s, pixels)
        missed = history.missed.read(span.start_s, span.end_s, pixels)
        scaling = [buckets for buckets in read.values() if len(buckets.x)]
        highs = [highest(buckets, span.start_s, span.end_s) for buckets in scaling]
        top = ceiling(np.fmax.reduce(highs or [_LAG_SHARE * highest(lag, span.start_s, span.end_s)]))
        lines = [
            Line(_ROLES[kind], _LABELS[kind], *line_points(buckets)) for kind, buckets in read.items() if len(buckets.x)
        ]
        if len(lag.x):
            lines.append(Line("lag", "loop lag", *line_points(lag)))
        return Drawing(
            lines=tuple(lines),
            bars=_missed_bars(missed, top, (span.end_s - span.start_s) / max(1, pixels)),
            gaps=gaps_within(history.session, span),
            y_range=(0.0, top),
            summary=_summary(read, missed, span),
        )


PLOT: Plot = RoundTripPlot()


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
