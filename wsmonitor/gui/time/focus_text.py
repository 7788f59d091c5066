"""How a focus period and its numbers read. Pure."""

from wsmonitor.analysis.focus import Focus, FocusNumbers
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.gui.look.moments import Moments
from wsmonitor.text import units


def period_text(focus: Focus, snapshot: Snapshot, moments: Moments) -> str:
    """`Focus 14:31:05.2 to 14:31:38.4 (33.2 s)`."""
    start, end = (moments.clock(snapshot, at, digits=1) for at in (focus.start_ns(snapshot), focus.end_ns(snapshot)))
    return f"Focus {start} to {end} ({units.tenths((focus.end_s - focus.start_s) * 1e9)})"


def numbers_text(numbers: FocusNumbers) -> str:
    """The numbers of a period in one line."""
    if numbers.samples:
        round_trip = (
            f"{numbers.kind} p50 {units.milliseconds(numbers.p50_ns)}, p99 {units.milliseconds(numbers.p99_ns)}, "
            f"max {units.milliseconds(numbers.max_ns)} ms"
        )
    else:
        round_trip = "no round trips"
    parts = [
        round_trip,
        f"loss {units.percent(numbers.loss)} ({units.short_count(numbers.misses)} missed)",
        f"open {units.percent(numbers.open_share)}",
        f"{units.short_count(numbers.closures)} closure{'' if numbers.closures == 1 else 's'}",
        f"↑ {units.short_count(numbers.sent)} ↓ {units.short_count(numbers.received)}",
        f"buffered up to {units.short_count(numbers.buffered)}",
    ]
    if not numbers.is_exact:
        parts.append("older detail is kept in buckets only: percentiles are of their means")
    return " · ".join(parts)
