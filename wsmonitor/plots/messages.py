"""Messages a second: sent above the axis, received below it."""

import numpy as np

from wsmonitor.analysis.series.history import RatesView
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.plots.curves import gaps_within
from wsmonitor.plots.drawing import Bars, Drawing, Floats, Plot, Span
from wsmonitor.plots.scale import ceiling

_AIR = 0.8
"""Bars leave a fifth of their place empty, so that neighbours can be told apart."""


def draw(view: EndpointView, span: Span, pixels: int) -> Drawing:
    """One bar for each second; zoomed out, the busiest second of each stretch: a burst is never lost."""
    sent_x, sent_y, sent_width_s = _rates(view.history.sent, span, pixels)
    received_x, received_y, received_width_s = _rates(view.history.received, span, pixels)
    most_sent, most_received = sent_y.max(initial=0.0), received_y.max(initial=0.0)
    top = ceiling(max(most_sent, most_received))
    bars = (
        Bars("sent", "sent", sent_x, sent_y, sent_width_s),
        Bars("received", "received", received_x, -received_y, received_width_s),
    )
    return Drawing(
        bars=tuple(one for one in bars if len(one.x)),
        gaps=gaps_within(view.history.session, span),
        y_range=(-top, top),
        summary=f"Messages: at most {most_sent:,.0f} sent and {most_received:,.0f} received in one second.",
    )


PLOT = Plot("messages", "Messages per second ↑ sent ↓ received", "/s", 1.0, draw)


def _rates(rates: RatesView, span: Span, pixels: int) -> tuple[Floats, Floats, float]:
    """Centres, messages in the busiest second, and the width of the bars."""
    # A second belongs to the span as long as a part of it does.
    buckets = rates.seconds.read(span.start_s - 1.0, span.end_s, pixels)
    width_s = buckets.width_s or 1.0
    start, count = buckets.x, buckets.high
    for second_s, messages in rates.newest:
        if not span.start_s - 1.0 < second_s < span.end_s:
            continue
        bucket_s = second_s // width_s * width_s
        if len(start) and start[-1] == bucket_s:
            count = np.append(count[:-1], max(count[-1], float(messages)))
        else:
            start, count = np.append(start, bucket_s), np.append(count, float(messages))
    inside = (start + width_s > span.start_s) & (start < span.end_s) & (count > 0)
    return start[inside] + width_s / 2, count[inside], width_s * _AIR
