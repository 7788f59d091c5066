"""An export as a file: whole or not at all, and never over something that is there."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from wsmonitor.exports.format import Format
from wsmonitor.exports.source import Cancellable, Source
from wsmonitor.facts.errors import WsmonitorError


class ExportError(WsmonitorError):
    """An export could not be written; the text says why and what to do."""


def export(
    source: Source,
    form: Format,
    path: Path,
    *,
    force: bool = False,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Write `source` to `path` in the calling thread.

    The file appears under its name once it is whole. Raises `ExportError` where it exists (unless
    `force`) or cannot be written, and `ExportCancelledError` soon after `is_cancelled` says so.
    """
    if not form.is_available:
        raise ExportError(f"{form.id} needs {form.needs}: pip install 'wsmonitor[{form.extra}]'")
    if path.exists() and not force:
        raise ExportError(_exists(path))
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.absolute().parent)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}") from error
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            form.write(Cancellable(source, is_cancelled), file)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o666 & ~_umask())
        _publish(part, path, force)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _publish(part: Path, path: Path, force: bool) -> None:
    """Give the file its name; without `force` only if nobody took it meanwhile."""
    if force:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise ExportError(_exists(path)) from None
    except OSError:  # a file system without hard links
        part.replace(path)


def _exists(path: Path) -> str:
    return f"{path} exists already; choose another name or overwrite it with --force"


def _umask() -> int:
    """What new files may not grant: `mkstemp` makes them private, exports are to be passed on."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
