"""Connections that read a recording and leave it as it is."""

import shutil
import sqlite3
from pathlib import Path
from urllib.parse import quote


def connect(path: Path) -> sqlite3.Connection:
    """A read-only connection; several threads may take turns with it.

    Raises `sqlite3.OperationalError` where a file that was not ended lies in a read-only folder, another
    `sqlite3.DatabaseError` where nothing can be read.
    """
    name = quote(str(path.absolute()))
    connection = sqlite3.connect(
        f"file:{name}?mode=ro", uri=True, isolation_level=None, check_same_thread=False, timeout=5.0
    )
    try:
        connection.execute("PRAGMA writable_schema = ON")  # lets a file that was cut off be opened at all
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def copy_with_log(path: Path, folder: Path) -> Path:
    """A copy of the recording in `folder`, with the log beside it that SQLite needs."""
    for suffix in ("", "-wal"):
        source = Path(f"{path}{suffix}")
        if source.exists():
            shutil.copyfile(source, folder / source.name)
    return folder / path.name
