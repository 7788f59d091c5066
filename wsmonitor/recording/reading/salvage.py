"""The batches of a recording in order, over damaged stretches as well."""

import sqlite3
from collections.abc import Iterator

from msgspec import Struct

from wsmonitor.facts.numbers import MOST

_AT_ONCE = 64
_ENOUGH_BYTES = 8 * 1024 * 1024
_GIVE_UP_AFTER = 20_000
"""Batches in a row that cannot be read, where the end of the file is unknown."""

_LONGEST_GAP = 200_000
"""Half a day of batches; a number of the last batch that is farther away is damaged itself."""

_SELECT = "SELECT id, first_ns, last_ns, CAST(events AS BLOB) FROM batch WHERE id > ? ORDER BY id LIMIT ?"
_ONE = "SELECT id, first_ns, last_ns, CAST(events AS BLOB) FROM batch WHERE id = ?"


_Row = tuple[int, int, int, bytes]


class StoredBatch(Struct, frozen=True):
    """One batch, or a stretch that is `missing`: between `first_ns` and `last_ns`, 0 where that is unknown."""

    id: int
    first_ns: int
    last_ns: int
    text: bytes = b""
    missing: bool = False


def stored_batches(connection: sqlite3.Connection, last_id: int, after: int = 0) -> Iterator[StoredBatch]:
    """Every readable batch behind number `after`, and one entry for each stretch between them that is not.

    `last_id` is the number of the last batch, 0 where that is unknown.
    """
    position, end_ns = after, 0
    while True:
        try:
            found = _some(connection, position)
        except sqlite3.DatabaseError:
            found = _one_by_one(connection, position)
        found = [row for row in found if row[0] > position]  # in a damaged tree they may go back
        if not found:
            following = _next_readable(connection, position, last_id)
            if following is None:
                if last_id > position or last_id == 0:
                    yield from _missing_tail(connection, position, end_ns)
                return
            yield StoredBatch(following.id, end_ns, following.first_ns, missing=True)
            found = [(following.id, following.first_ns, following.last_ns, following.text)]
        for row in found:
            yield StoredBatch(*row)
        position, end_ns = found[-1][0], found[-1][2]


def _some(connection: sqlite3.Connection, position: int) -> list[_Row]:
    """The next batches: as many as are read at once, fewer where they are large."""
    found: list[_Row] = []
    cursor = connection.execute(_SELECT, (position, _AT_ONCE))
    while (row := cursor.fetchone()) is not None and sum(len(one[3]) for one in found) < _ENOUGH_BYTES:
        found.append(_row(row))
    cursor.close()
    return found


def _row(stored: tuple[object, ...]) -> _Row:
    """A row as it should be: in a file of somebody else's making a column may hold anything."""
    number, first_ns, last_ns, text = stored
    return (whole(number), whole(first_ns), whole(last_ns), text if isinstance(text, bytes) else b"")


def whole(value: object, otherwise: int = 0) -> int:
    """`value` if it is a number that an event could carry."""
    return value if isinstance(value, int) and abs(value) <= MOST else otherwise


def _one_by_one(connection: sqlite3.Connection, position: int) -> list[_Row]:
    """The batches up to the first that cannot be read."""
    found: list[_Row] = []
    for number in range(position + 1, position + 1 + _AT_ONCE):
        try:
            row = connection.execute(_ONE, (number,)).fetchone()
        except sqlite3.DatabaseError:
            break
        if row is None:
            break
        found.append(_row(row))
    return found


def _next_readable(connection: sqlite3.Connection, position: int, last_id: int) -> StoredBatch | None:
    """The first batch behind a damaged stretch."""
    end = min(last_id, position + _LONGEST_GAP) if last_id else position + _GIVE_UP_AFTER
    for number in range(position + 1, end + 1):
        try:
            row = connection.execute(_ONE, (number,)).fetchone()
        except sqlite3.DatabaseError:
            continue
        if row is not None:
            return StoredBatch(*_row(row))
    return None


def _missing_tail(connection: sqlite3.Connection, position: int, end_ns: int) -> Iterator[StoredBatch]:
    """One entry if something follows `position` that cannot be read; none for a file that just ends."""
    try:
        connection.execute(_SELECT, (position, 1)).fetchone()
    except sqlite3.DatabaseError:
        yield StoredBatch(position + 1, end_ns, 0, missing=True)
