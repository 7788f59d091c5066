"""Conditions that we forced, as stretches that every plot shades."""

import math

from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.plots.drawing import Forced, Span
from wsmonitor.text.units import duration


def forced_stretches(view: EndpointView, span: Span) -> tuple[Forced, ...]:
    """The conditions that touch `span`; one that lasts ends with the span and says so."""
    return tuple(
        Forced(one.start_s, min(one.end_s, span.end_s), _words(one.kind, one.start_s, one.end_s))
        for one in view.history.forced
        if one.start_s < span.end_s and one.end_s > span.start_s
    )


def _words(kind: str, start_s: float, end_s: float) -> str:
    name = f"forced {kind.replace('_', ' ')}"
    return name if math.isinf(end_s) else f"{name} {duration((end_s - start_s) * 1e9)}"
