"""The rows of a reconnect audit on a terminal."""

from wsmonitor.facts.answers import ReconnectRow
from wsmonitor.text.plain_text import visible
from wsmonitor.text.wording.reconnect_words import HEADS, MARKS, row_cells

_WIDTHS = (18, 9, 11, 13, 8, 8, 9, 12, 17)


def heads() -> str:
    """The line above the rows."""
    return _line(HEADS)


def row_text(row: ReconnectRow) -> str:
    """A line of numbers, and the sentence below it."""
    return f"{_line(row_cells(row))}  {MARKS[row.verdict]}: {visible(row.sentence, 500)}\n"


def _line(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip() + "\n"
