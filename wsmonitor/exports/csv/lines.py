"""Rows of CSV as bytes (RFC 4180, UTF-8), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | None
HEADLINE = "headline"
"""The last column: what the session came to, in the first row of each endpoint."""


class CsvLines:
    """Turns rows into bytes.

    A text that a spreadsheet would run as a formula gets an apostrophe in front: it may come from a peer.
    """

    def __init__(self) -> None:
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer)

    def lines(self, rows: Iterable[Sequence[Cell]]) -> bytes:
        """The rows, each ended with CR LF; `None` is an empty cell."""
        self._writer.writerows([_harmless(cell) for cell in row] for row in rows)
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text.encode("utf-8", "replace")


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
