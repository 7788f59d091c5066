"""Stretches without measurement, as every plot shows them."""

from wsmonitor.analysis.series.history import SessionHistory
from wsmonitor.plots.drawing import Span


def gaps_within(session: SessionHistory, span: Span) -> tuple[Span, ...]:
    """The gaps that touch `span`, cut to it; one that lasts ends with the span."""
    return tuple(
        Span(max(gap.start_s, span.start_s), min(gap.end_s, span.end_s))
        for gap in session.gaps
        if gap.start_s < span.end_s and gap.end_s > span.start_s
    )
