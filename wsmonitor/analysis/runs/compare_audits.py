"""Pure: two audits of a client, before and after a change -> what became of each fault."""

from collections.abc import Iterator, Sequence

from wsmonitor.analysis.runs.row import Outcome, Row, Value
from wsmonitor.facts.answers import ReconnectRow, RowVerdict

_RANKS: dict[RowVerdict, int] = {"ok": 0, "finding": 1, "bad": 2}
_TIMES = ("noticed_s", "first_try_s", "back_s", "overlap_s")
_NUMBERS = ("tries_per_minute", "growth", "jitter", "subscribed", "lost", "again", "twice")
_NAMES = {"noticed_s": "noticed", "first_try_s": "first try", "back_s": "back", "overlap_s": "two connections for"}
_FIFTH = 0.2
"""Numbers that differ by less are the same: every fault was played once."""


def compare_audits(before: Sequence[ReconnectRow], after: Sequence[ReconnectRow]) -> Iterator[Row]:
    """A row for each fault that both have, and below it the numbers that differ."""
    later = {row.fault: row for row in after}
    for row in before:
        other = later.get(row.fault)
        if other is None:
            continue
        yield Row(f"fault {row.fault}", row.verdict, other.verdict, outcome=_outcome(row.verdict, other.verdict))
        for name in _TIMES:
            yield from _number(_NAMES[name], getattr(row, name), getattr(other, name), "ns")
        for name in _NUMBERS:
            yield from _number(name.replace("_", " "), getattr(row, name), getattr(other, name), "")


def complaints(rows: Sequence[ReconnectRow]) -> dict[str, str]:
    """Of each fault what is wrong, by a name that no finding has."""
    return {
        f"reconnect {row.fault}": f"{row.fault}: {row.sentence}" for row in rows if row.verdict in ("bad", "finding")
    }


def _outcome(before: RowVerdict, after: RowVerdict) -> Outcome:
    if before not in _RANKS or after not in _RANKS or before == after:
        return ""
    return "better" if _RANKS[after] < _RANKS[before] else "worse"


def _number(name: str, before: float | None, after: float | None, unit: str) -> Iterator[Row]:
    if before == after:
        return
    if before is not None and after is not None and abs(before - after) <= _FIFTH * max(before, after):
        return
    values: list[Value] = [before, after]
    if unit == "ns":
        values = [None if value is None else round(value * 1e9) for value in (before, after)]
    yield Row(f"  {name}", values[0], values[1], unit)
