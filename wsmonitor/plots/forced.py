"""Conditions that we forced, as stretches that every plot shades."""

import math
from collections.abc import Sequence

from wsmonitor.analysis.series.history import ForcedCondition
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.plots.drawing import Forced, Span
from wsmonitor.text.units import duration


def forced_stretches(views: Sequence[EndpointView], span: Span) -> tuple[Forced, ...]:
    """The conditions that touch `span`; one that lasts ends with the span and says so, one on several is one."""
    inside = [
        one for view in views for one in view.history.forced if one.start_s < span.end_s and one.end_s > span.start_s
    ]
    return tuple(Forced(one.start_s, min(one.end_s, span.end_s), _words(one)) for one in _joined(inside))


def _joined(conditions: Sequence[ForcedCondition]) -> list[ForcedCondition]:
    """The same condition on several connections at once, as one from the first to the last of them."""
    joined: list[ForcedCondition] = []
    for one in sorted(conditions, key=lambda one: one.start_s):
        at = next((n for n, other in enumerate(joined) if other.what == one.what and other.end_s >= one.start_s), None)
        if at is None:
            joined.append(one)
        else:
            both = joined[at]
            joined[at] = ForcedCondition(both.kind, both.start_s, max(both.end_s, one.end_s), both.argument)
    return joined


def _words(one: ForcedCondition) -> str:
    name = f"forced {one.what}"
    return name if math.isinf(one.end_s) else f"{name} {duration((one.end_s - one.start_s) * 1e9)}"
