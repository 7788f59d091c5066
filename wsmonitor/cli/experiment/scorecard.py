"""The rows of a reconnect audit on a terminal."""

from wsmonitor.facts.answers import ReconnectRow
from wsmonitor.text.plain_text import visible

NONE = "-"
_WIDTHS = (18, 9, 11, 13, 8, 8, 9, 12, 17)
_HEADS = ("fault", "noticed", "first try", "attempts/min", "growth", "jitter", "back", "subscribed", "lost/again/twice")
_MARKS = {"ok": "ok", "bad": "BAD", "finding": "found", "not tested": "not tested"}


def heads() -> str:
    """The line above the rows."""
    return _line(_HEADS)


def row_text(row: ReconnectRow) -> str:
    """A line of numbers, and the sentence below it."""
    never = "never" if row.verdict == "bad" and row.fault == "silence" else NONE
    numbers = _line(
        (
            row.fault,
            never if row.noticed_s is None else f"{row.noticed_s:.2f} s",
            _seconds(row.first_try_s),
            NONE if row.tries_per_minute is None else f"{row.tries_per_minute:.0f}",
            NONE if row.growth is None else f"x{row.growth:.1f}",
            NONE if row.jitter is None else f"{100 * row.jitter:.0f} %",
            _seconds(row.back_s),
            NONE if row.subscribed is None else f"{row.subscribed}x",
            "/".join(NONE if count is None else str(count) for count in (row.lost, row.again, row.twice)),
        )
    )
    return f"{numbers}  {_MARKS[row.verdict]}: {visible(row.sentence, 500)}\n"


def _seconds(value: float | None) -> str:
    return NONE if value is None else f"{value:.1f} s"


def _line(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip() + "\n"
