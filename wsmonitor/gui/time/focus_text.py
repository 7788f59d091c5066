"""How a focus period and its numbers read. Pure."""

from wsmonitor.analysis.focus import Focus, FocusNumbers
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.gui.look import words
from wsmonitor.gui.look.moments import Moments


def period_text(focus: Focus, snapshot: Snapshot, moments: Moments) -> str:
    """`Focus 14:31:05.2 to 14:31:38.4 (33.2 s)`."""
    start, end = (moments.clock(snapshot, at, digits=1) for at in (focus.start_ns(snapshot), focus.end_ns(snapshot)))
    return f"Focus {start} to {end} ({words.seconds((focus.end_s - focus.start_s) * 1e9)})"


def numbers_text(numbers: FocusNumbers) -> str:
    """The numbers of a period in one line."""
    if numbers.samples:
        round_trip = (
            f"{numbers.kind} p50 {words.milliseconds(numbers.p50_ns)}, p99 {words.milliseconds(numbers.p99_ns)}, "
            f"max {words.milliseconds(numbers.max_ns)} ms"
        )
    else:
        round_trip = "no round trips"
    parts = [
        round_trip,
        f"loss {words.percent(numbers.loss)} ({words.count(numbers.misses)} missed)",
        f"open {words.percent(numbers.open_share)}",
        f"{words.count(numbers.closures)} closure{'' if numbers.closures == 1 else 's'}",
        f"↑ {words.count(numbers.sent)} ↓ {words.count(numbers.received)}",
        f"buffered up to {words.count(numbers.buffered)}",
    ]
    if not numbers.is_exact:
        parts.append("older detail is kept in buckets only: percentiles are of their means")
    return " · ".join(parts)
