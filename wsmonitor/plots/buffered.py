"""Messages that wait to be written, as a step, with the limit of the outbox; of a tap, the bytes that wait in it."""

import numpy as np

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.facts.event import Direction
from wsmonitor.plots.curves import gaps_within, step_points
from wsmonitor.plots.drawing import Drawing, Level, Line, Plot, Role, Span
from wsmonitor.plots.scale import ceiling
from wsmonitor.text.units import counted, short_size

_WAYS: dict[Direction, tuple[Role, str]] = {"tx": ("sent", "to the server"), "rx": ("received", "to your client")}


def draw(view: EndpointView, span: Span, pixels: int) -> Drawing:
    """The depth holds until it changes; the limit comes into sight once half of it is used."""
    if view.is_tapped:
        return _in_a_tap(view, span, pixels)
    # Four points show a bucket of a step, so buckets are twice as wide as those of a line.
    buckets = view.history.buffered.read(span.start_s, span.end_s, max(1, pixels // 2))
    x, y = step_points(buckets, span.start_s, span.end_s)
    peak = float(np.nan_to_num(np.fmax.reduce(y))) if len(y) else 0.0
    limit = float(view.buffered_limit)
    return Drawing(
        lines=(Line("buffered", "queued", x, y),) if len(x) else (),
        levels=(Level("limit", f"limit {view.buffered_limit:,}", limit),),
        gaps=gaps_within(view.history.session, span),
        y_range=(0.0, ceiling(max(peak, limit if peak >= limit / 2 else 0.0), at_least=10.0)),
        summary=f"Buffered: {counted(view.buffered, 'message')} now, at most {peak:,.0f} in this span.",
    )


def _in_a_tap(view: EndpointView, span: Span, pixels: int) -> Drawing:
    """Both directions; first the one where more waited, which speaks for a client beside others."""
    lines, peaks = [], {}
    for direction, series in view.history.waiting.items():
        x, y = step_points(series.read(span.start_s, span.end_s, max(1, pixels // 2)), span.start_s, span.end_s)
        if len(x):
            role, label = _WAYS[direction]
            lines.append(Line(role, label, x, y / 1000))
            peaks[label] = float(np.nan_to_num(np.fmax.reduce(y)))
    said = [f", at most {short_size(round(peak))} {label}" for label, peak in peaks.items()]
    return Drawing(
        lines=tuple(sorted(lines, key=lambda line: -peaks[line.label])),
        gaps=gaps_within(view.history.session, span),
        y_range=(0.0, ceiling(max(peaks.values(), default=0.0) / 1000)),
        summary=f"Waiting in the tap: {short_size(view.buffered_bytes)} now{''.join(said)}.",
        title="Waiting in the tap (kB)",
    )


PLOT = Plot("buffered", "Buffered messages", "", 1.0, draw)
