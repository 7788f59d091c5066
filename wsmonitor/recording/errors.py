"""What goes wrong with files, each in one clear sentence."""

import errno
import sqlite3
from pathlib import Path

from wsmonitor.facts.errors import WsmonitorError


class RecordingError(WsmonitorError):
    """A recording cannot be written or read; the text says which, why, and what to do."""


def exists_sentence(path: Path) -> str:
    """That nothing is overwritten unless that is asked for."""
    return f"{path} exists already; choose another name or overwrite it with --force"


def os_sentence(path: Path, error: OSError) -> str:
    """Why a file could not be created at `path`."""
    match error.errno:
        case errno.EEXIST:
            return exists_sentence(path)
        case errno.EACCES | errno.EPERM:
            return f"{path} cannot be written: no permission in {path.absolute().parent}"
        case errno.EROFS:
            return f"{path} cannot be written: its file system is read-only"
        case errno.ENOENT | errno.ENOTDIR:
            return f"{path} cannot be written: there is no folder {path.absolute().parent}"
        case errno.ENOSPC | errno.EDQUOT:
            return f"{path} cannot be written: the disk is full"
        case errno.EISDIR:
            return f"{path} cannot be written: it is a folder"
    return f"{path} cannot be written: {error.strerror or error}"


def sqlite_sentence(path: Path, error: sqlite3.Error) -> str:
    """Why SQLite could not go on writing to `path`."""
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return f"recording stopped: the disk of {path} is full; what was committed before is kept"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return f"recording stopped: {path} cannot be written any more ({error})"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"recording stopped: another program holds {path} locked"
    return f"recording stopped: {path} cannot be written ({error})"
