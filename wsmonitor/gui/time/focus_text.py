"""How a focus period and its numbers read. Pure."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from wsmonitor.analysis.focus import Focus, FocusNumbers
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.gui.look.moments import Moments
from wsmonitor.text import units

T = TypeVar("T", int, float)


def period_text(focus: Focus, snapshot: Snapshot, moments: Moments) -> str:
    """`Focus 14:31:05.2 to 14:31:38.4 (33.2 s)`."""
    start, end = (moments.clock(snapshot, at, digits=1) for at in (focus.start_ns(snapshot), focus.end_ns(snapshot)))
    return f"Focus {start} to {end} ({units.tenths((focus.end_s - focus.start_s) * 1e9)})"


def numbers_text(numbers: Sequence[FocusNumbers]) -> str:
    """The numbers of a period in one line; of several connections sums, and the worst of what is no sum."""
    parts = [
        _round_trips(numbers),
        f"loss {units.percent(_worst(one.loss for one in numbers))} "
        f"({units.short_count(sum(one.misses for one in numbers))} missed)",
        f"open {units.percent(_least(one.open_share for one in numbers))}",
        units.counted(sum(one.closures for one in numbers), "closure"),
        f"↑ {units.short_count(sum(one.sent for one in numbers))} "
        f"↓ {units.short_count(sum(one.received for one in numbers))}",
        f"buffered up to {units.short_count(max(one.buffered for one in numbers))}",
    ]
    if not all(one.is_exact for one in numbers):
        parts.append("older detail is kept in buckets only: percentiles are of their means")
    if len(numbers) > 1:
        parts.insert(0, f"{len(numbers)} connections, the worst of each")
    return " · ".join(parts)


def _round_trips(numbers: Sequence[FocusNumbers]) -> str:
    measured = [one for one in numbers if one.samples]
    if not measured:
        return "no round trips"
    p50_ns, p99_ns, max_ns = (_worst(getattr(one, name) for one in measured) for name in ("p50_ns", "p99_ns", "max_ns"))
    return (
        f"{measured[0].kind} p50 {units.round_trip(p50_ns)}, p99 {units.round_trip(p99_ns)}, "
        f"max {units.round_trip(max_ns)}"
    )


def _worst(values: "Iterable[T | None]") -> "T | None":
    return max((value for value in values if value is not None), default=None)


def _least(values: "Iterable[float | None]") -> float | None:
    return min((value for value in values if value is not None), default=None)
