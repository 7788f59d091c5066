"""One lane for each endpoint: its states over a span, at the cost of a few pixels."""

import numpy as np
from numpy.typing import NDArray

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.plots.drawing import Span, StateSpan
from wsmonitor.plots.state import state_spans


def lane(view: EndpointView, span: Span, pixels: int) -> tuple[StateSpan, ...]:
    """The states of `view` over `span`: at most `pixels` stretches, outages at least a pixel wide."""
    runs = view.history.states.read(span.start_s, span.end_s, pixels)
    return state_spans(runs)


def lane_codes(view: EndpointView, span: Span, pixels: int) -> NDArray[np.uint8]:
    """The same as one row of an image: for each pixel an index into `states.CALM_TO_ALARMING`, 0 for nothing known."""
    runs = view.history.states.read(span.start_s, span.end_s, pixels)
    row = np.zeros(pixels, np.uint8)
    per_second = pixels / (span.end_s - span.start_s) if span.end_s > span.start_s else 0.0
    start = np.floor((runs.start - span.start_s) * per_second).astype(int)
    stop = np.ceil((runs.end - span.start_s) * per_second).astype(int)
    for first, end, code in zip(np.clip(start, 0, pixels).tolist(), stop.tolist(), runs.code.tolist(), strict=True):
        row[first:end] = code
    return row
