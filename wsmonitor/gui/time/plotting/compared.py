"""What the marks A and B say: the values at both, their difference, and what lies between. Pure."""

import math
from collections import Counter

from wsmonitor.analysis.focus import focus_numbers
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.facts.events import HeartbeatKind
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.time.plotting.readout import Markers
from wsmonitor.plots.closures import ending_marks
from wsmonitor.plots.drawing import Span, Way, ways_text
from wsmonitor.text import units

_KINDS: tuple[tuple[HeartbeatKind, str], ...] = (("ws", "ws"), ("app", "app"), ("tcp", "kernel tcp"))
_PLACES = 2_000
"""Closures are counted by kind as long as there are at most twice as many."""


def compared(markers: Markers, snapshot: Snapshot, view: EndpointView, moments: Moments) -> list[str]:
    """A line for each mark, and with both the difference and what lies between; empty without marks."""
    lines = [
        f"{name} {moments.clock(snapshot, snapshot.start_ns + round(at_s * 1e9))}  {_values(view, at_s)}".rstrip()
        for name, at_s in (("A", markers.a), ("B", markers.b))
        if at_s is not None
    ]
    if markers.a is None or markers.b is None:
        return lines
    apart_s = markers.b - markers.a
    apart = (
        f"{apart_s:+.3f} s"
        if abs(apart_s) < 120
        else f"{'-' if apart_s < 0 else '+'}{units.duration(abs(apart_s) * 1e9)}"
    )
    lines.append(f"B − A  {apart}  {_differences(view, markers.a, markers.b)}".rstrip())
    return [*lines, *_between(view, *sorted((markers.a, markers.b)))]


def _values(view: EndpointView, at_s: float) -> str:
    """The newest values at a moment, as long as no break came after them."""
    found = [
        f"{name} {units.round_trip(value * 1e6)}"
        for kind, name in _KINDS
        if (value := _value(view, kind, at_s)) is not None
    ]
    waiting = view.history.buffered.last_before(at_s)
    if waiting:
        found.append(f"buffered {waiting:,.0f}")
    return " · ".join(found) or "nothing measured"


def _differences(view: EndpointView, a_s: float, b_s: float) -> str:
    pairs = [(name, _value(view, kind, a_s), _value(view, kind, b_s)) for kind, name in _KINDS]
    return " · ".join(
        f"{name} {'−' if b < a else '+'}{units.round_trip(abs(b - a) * 1e6)}"
        for name, a, b in pairs
        if a is not None and b is not None
    )


def _value(view: EndpointView, kind: HeartbeatKind, at_s: float) -> float | None:
    series = view.history.round_trips.get(kind)
    value = series.last_before(at_s) if series is not None else None
    return None if value is None or math.isnan(value) else value


def _between(view: EndpointView, start_s: float, end_s: float) -> list[str]:
    if end_s <= start_s:
        return []
    numbers = focus_numbers(view.history, start_s, end_s)
    counts: Counter[str] = Counter()
    failed = 0
    for mark in ending_marks(view, Span(start_s, end_s), _PLACES):
        if mark.is_opening:
            failed += mark.count
        else:
            counts.update({way.text: way.count for way in mark.ways})
    ends = ways_text([Way(*one) for one in counts.items()])
    parts = [
        units.counted(numbers.closures, "closure") + (f" ({ends})" if ends else ""),
        *([units.counted(failed, "failed opening")] if failed else ()),
        f"{units.short_count(numbers.misses)} missed",
    ]
    lines = [f"between: {' · '.join(parts)}"]
    if numbers.samples:
        lines.append(
            f"{numbers.kind} p50 {units.round_trip(numbers.p50_ns)}, p99 {units.round_trip(numbers.p99_ns)}, "
            f"max {units.round_trip(numbers.max_ns)} · open {units.percent(numbers.open_share)}"
        )
    return lines
