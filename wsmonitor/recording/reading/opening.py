"""Connections that read a recording and leave it as it is."""

import shutil
import sqlite3
from pathlib import Path
from urllib.parse import quote

LONGEST_BATCH_BYTES = 256 * 1024 * 1024
"""More than the recorder's backlog holds; nothing longer is read into memory."""


def connect(path: Path) -> sqlite3.Connection:
    """A read-only connection; several threads may take turns with it.

    Raises `sqlite3.OperationalError` where a file that was not ended lies in a read-only folder, another
    `sqlite3.DatabaseError` where nothing can be read.
    """
    name = quote(str(path.absolute()))
    connection = sqlite3.connect(
        f"file:{name}?mode=ro", uri=True, isolation_level=None, check_same_thread=False, timeout=5.0
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_BATCH_BYTES)
    try:
        connection.execute("PRAGMA writable_schema = ON")  # lets a file that was cut off be opened at all
        _check_tables(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _check_tables(connection: sqlite3.Connection) -> None:
    """Raise `sqlite3.DatabaseError` where what we read is no plain table: a view can have rows without end."""
    query = "SELECT name FROM sqlite_master WHERE name IN ('meta', 'endpoint', 'batch')"
    is_plain = "type = 'table' AND rootpage > 0 AND sql NOT LIKE '%generated%' AND sql NOT LIKE '% as (%'"
    strange = connection.execute(f"{query} AND NOT ({is_plain}) LIMIT 1").fetchone()
    if strange is not None:
        raise sqlite3.DatabaseError(f"{strange[0]!r} is no plain table")


def copy_with_log(path: Path, folder: Path) -> Path:
    """A copy of the recording in `folder`, with the log beside it that SQLite needs."""
    for suffix in ("", "-wal"):
        source = Path(f"{path}{suffix}")
        if source.exists():
            shutil.copyfile(source, folder / source.name)
    return folder / path.name
