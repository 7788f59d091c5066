"""The words for what a client did about a fault: one cell for each number, `-` for what is not known."""

from wsmonitor.facts.answers import ReconnectRow, RowVerdict
from wsmonitor.text.units import percent, tenths

NONE = "-"
HEADS = ("fault", "noticed", "first try", "attempts/min", "growth", "jitter", "back", "subscribed", "lost/again/twice")
MARKS: dict[RowVerdict, str] = {"ok": "ok", "bad": "BAD", "finding": "found", "not tested": "not tested"}


def row_cells(row: ReconnectRow) -> tuple[str, ...]:
    """The cells under `HEADS`."""
    never = "never" if row.verdict == "bad" and row.fault == "silence" else NONE
    return (
        row.fault,
        never if row.noticed_s is None else _seconds(row.noticed_s),
        _seconds(row.first_try_s),
        NONE if row.tries_per_minute is None else f"{row.tries_per_minute:.0f}",
        NONE if row.growth is None else f"x{row.growth:.1f}",
        NONE if row.jitter is None else percent(row.jitter),
        _seconds(row.back_s),
        NONE if row.subscribed is None else f"{row.subscribed}x",
        "/".join(NONE if count is None else str(count) for count in (row.lost, row.again, row.twice)),
    )


def _seconds(value: float | None) -> str:
    return NONE if value is None else tenths(value * 1e9)
