"""Append-only rows of numbers in chunks: views share them without a copy, memory is bounded.

Column 0 is the key (a time or a bucket number) and never falls. A chunk is never written again
where a view can see it; the oldest chunks are let go as a whole.
"""

import struct
from bisect import bisect_left, bisect_right
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_FIRST_CHUNK = 32
_LARGEST_CHUNK = 2048


class RowsView(Struct, frozen=True):
    """Rows as they were when the view was made; `evicted` tells whether older ones were let go."""

    chunks: tuple[Numbers, ...]
    used: int
    """Rows of the last chunk that belong to the view; all others are full."""
    columns: int
    evicted: bool

    @property
    def is_empty(self) -> bool:
        """True without a single row."""
        return not self.chunks

    @property
    def first_key(self) -> float:
        """The oldest key; infinite without rows."""
        return float(self.chunks[0][0, 0]) if self.chunks else np.inf

    @property
    def last_key(self) -> float:
        """The newest key; minus infinity without rows."""
        return float(self.chunks[-1][self.used - 1, 0]) if self.chunks else -np.inf

    def between(self, start: float, end: float, *, before: int = 0, after: int = 0) -> Numbers:
        """Rows with `start` <= key < `end`, shape (rows, columns), and some neighbours if asked.

        `before` and `after` (0 or 1) add the row next to the stretch, so that lines can enter and
        leave a picture. Not to be written to: it may be the storage itself.
        """
        return self._slice(self._position(start) - before, self._position(end) + after)

    def count_between(self, start: float, end: float) -> int:
        """How many rows `between(start, end)` would return, without touching them."""
        return self._position(end) - self._position(start)

    def last_before(self, key: float) -> Numbers | None:
        """The newest row with a key <= `key`, or `None`."""
        number = bisect_right(_Keys(self.chunks), key) - 1
        if number < 0:
            return None
        chunk = self._chunk(number)
        row: Numbers = chunk[bisect_right(chunk[:, 0], key) - 1]
        return row

    def _chunk(self, number: int) -> Numbers:
        chunk = self.chunks[number]
        return chunk[: self.used] if number == len(self.chunks) - 1 else chunk

    def _position(self, key: float) -> int:
        """How many rows have a smaller key."""
        number = bisect_left(_Keys(self.chunks), key) - 1
        if number < 0:
            return 0
        return sum(map(len, self.chunks[:number])) + bisect_left(self._chunk(number)[:, 0], key)

    def _slice(self, start: int, stop: int) -> Numbers:
        parts: list[Numbers] = []
        for number in range(len(self.chunks)):
            chunk = self._chunk(number)
            if stop > 0 and start < len(chunk):
                parts.append(chunk[max(0, start) : stop])
            start -= len(chunk)
            stop -= len(chunk)
        if len(parts) == 1:
            return parts[0]
        return np.concatenate(parts) if parts else np.empty((0, self.columns))


class Rows:
    """The writer's side of a series of rows.

    Args:
        columns: numbers in each row.
        limit: whole chunks are let go while at least so many newer rows remain.
        dtype: `d` keeps every digit, `f` half the memory.
    """

    def __init__(self, columns: int, *, limit: int, dtype: str = "d") -> None:
        self.columns = columns
        self._limit = limit
        self._dtype = np.dtype(dtype)
        self._row = struct.Struct(f"{columns}{dtype}")
        self._chunks: list[Numbers] = []
        self._buffer = memoryview(b"")
        self._rows = 0
        self._used = 0
        self._size = 0
        self._evicted = False
        self._view: RowsView | None = None

    def append(self, *row: float) -> None:
        """Add a row; its key must not be below the last one."""
        if self._used == self._size:
            self._grow()
        self._row.pack_into(self._buffer, self._used * self._row.size, *row)
        self._used += 1
        self._rows += 1
        self._view = None

    def view(self) -> RowsView:
        """What there is now. Costs nothing while nothing was appended."""
        if self._view is None:
            self._view = RowsView(tuple(self._chunks), self._used, self.columns, self._evicted)
        return self._view

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_row": None, "_buffer": None, "_size": self._used, "_view": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._row = struct.Struct(f"{self.columns}{self._dtype.char}")

    def _grow(self) -> None:
        """Start a chunk, larger than the last, and let the oldest go where the newer are enough."""
        if self._chunks and self._used < len(self._chunks[-1]):  # somebody else writes on in this one
            self._chunks[-1] = chunk = self._chunks[-1].copy()
            self._size, self._buffer = len(chunk), chunk.data
            return
        self._size = min(_LARGEST_CHUNK, 2 * self._size or _FIRST_CHUNK)
        while self._chunks and self._rows - len(self._chunks[0]) >= self._limit:
            self._rows -= len(self._chunks.pop(0))
            self._evicted = True
        chunk = np.empty((self._size, self.columns), self._dtype)
        self._chunks.append(chunk)
        self._buffer = chunk.data
        self._used = 0


class _Keys:
    """The first key of each chunk, as a sequence to bisect."""

    def __init__(self, chunks: tuple[Numbers, ...]) -> None:
        self._chunks = chunks

    def __len__(self) -> int:
        return len(self._chunks)

    def __getitem__(self, number: int) -> float:
        return float(self._chunks[number][0, 0])
