"""Files that appear under their name once they are whole, and never over one that is in use."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from wsmonitor.recording.errors import RecordingError, exists_sentence, os_sentence
from wsmonitor.recording.parts import part_path

_BESIDE = ("", "-wal", "-shm")
"""What SQLite keeps beside a file, and the file itself."""


@contextmanager
def whole_file(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """A private file beside `path` to write into; it takes the name of `path` if the block ends well.

    Whatever fails, what was at `path` stays as it was. Raises `RecordingError` where `path` cannot be written,
    is in use, or exists and `overwrite` is false: before the block where that is known then.
    """
    part = reserve(path, overwrite=overwrite)
    try:
        yield part
        publish(part, path, overwrite=overwrite)
    except OSError as error:
        raise RecordingError(os_sentence(path, error)) from error
    finally:
        remove(part)


def reserve(path: Path, *, overwrite: bool) -> Path:
    """An empty file of ours beside `path`, to `publish` or to `remove`.

    Raises `RecordingError` where it is known already that `path` cannot be written.
    """
    check_free(path, overwrite=overwrite)
    return _part_beside(path)


def check_free(path: Path, *, overwrite: bool) -> None:
    """Raise `RecordingError` where `path` must not be written: it exists, or is in use."""
    if path.exists() and not path.is_file():
        raise RecordingError(f"{path} cannot be written: it is a {'folder' if path.is_dir() else 'device or a pipe'}")
    if path.exists() and not overwrite:
        raise RecordingError(exists_sentence(path))
    if path.exists() and is_in_use(path):
        raise RecordingError(f"{path} is in use, it is being recorded or read; choose another name")


def publish(part: Path, path: Path, *, overwrite: bool) -> None:
    """Give the file its name. Raises `OSError`, and `RecordingError` where somebody took the name meanwhile."""
    check_free(path, overwrite=overwrite)
    if overwrite:
        part.replace(path)
    else:
        try:
            os.link(part, path)
        except FileExistsError:
            raise RecordingError(exists_sentence(path)) from None
        except OSError:  # a file system without hard links
            part.replace(path)
    keep_name(path)


def share(part: Path) -> None:
    """Let others read the file as far as the umask does: it is to be passed on."""
    mask = os.umask(0o077)
    os.umask(mask)
    part.chmod(0o666 & ~mask)


def keep_name(path: Path) -> None:
    """Let the name itself survive a power cut; Windows cannot and need not."""
    with suppress(OSError):
        folder = os.open(path.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def remove(path: Path) -> None:
    """Take the file away, and what SQLite keeps beside it; what cannot be deleted stays."""
    for suffix in reversed(_BESIDE):
        with suppress(OSError):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


def is_in_use(path: Path) -> bool:
    """Whether another connection holds an SQLite file open; leaving WAL mode needs it for oneself."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=0.0)
    try:
        connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    except sqlite3.DatabaseError:  # no SQLite file
        return False
    finally:
        connection.close()
    return False


def move_parts(parts: Sequence[Path], path: Path) -> tuple[Path, ...]:
    """Move a recording of several files to `path`, later ones beside it under names that are free: all or none.

    Raises `RecordingError`; then every file is where it was.
    """
    for part in parts:
        if is_in_use(part):
            raise RecordingError(f"{part} is still being written; try again in a moment")
    targets = [part_path(path, number) for number in range(1, len(parts) + 1)]
    if targets[0].exists() and parts[0].samefile(targets[0]):
        targets = list(parts)
    pairs = [(part, target) for part, target in zip(parts, targets, strict=True) if part != target]
    try:
        _place(pairs)
    except OSError as error:
        raise RecordingError(os_sentence(path, error)) from error
    kept = {target.resolve() for target in targets}
    for part, _ in pairs:
        if part.resolve() not in kept:
            remove(part)
    return tuple(targets)


def _place(pairs: Sequence[tuple[Path, Path]]) -> None:
    """The parts under their new names as well; the first, which alone may replace a file, comes last."""
    with ExitStack() as staged, ExitStack() as placed:
        twins = []
        for part, target in pairs:
            twin = _part_beside(target)
            staged.callback(remove, twin)
            _copy(part, twin)
            twins.append((twin, target))
        for number, (twin, target) in reversed(list(enumerate(twins))):
            publish(twin, target, overwrite=number == 0)
            placed.callback(remove, target)
        placed.pop_all()


def _part_beside(path: Path) -> Path:
    """A new, empty file that nobody else may read, where `path` is to be: recordings hold messages."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=".wsmonitor-", suffix=".part", dir=path.absolute().parent)
    except OSError as error:
        raise RecordingError(os_sentence(path, error)) from error
    os.close(descriptor)
    return Path(name)


def _copy(source: Path, target: Path) -> None:
    """The same content; on one file system the same file, which costs nothing."""
    target.unlink()
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
        with target.open("rb") as file:
            os.fsync(file.fileno())
