"""An export as a file: whole or not at all, and never over something that is there."""

import os
from collections.abc import Callable
from pathlib import Path

from wsmonitor.exports.format import Format
from wsmonitor.exports.source import Cancellable, Source
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.recording.errors import RecordingError
from wsmonitor.recording.whole_file import share, whole_file


class ExportError(WsmonitorError):
    """An export could not be written; the text says why and what to do."""


def export(
    source: Source,
    form: Format,
    path: Path,
    *,
    force: bool = False,
    is_cancelled: Callable[[], bool] = lambda: False,
    recording: Path | None = None,
) -> None:
    """Write `source` to `path` in the calling thread.

    The file appears under its name once it is whole. Raises `ExportError` where it exists (unless
    `force`), is in use, is the `recording` that is read, or cannot be written, and `ExportCancelledError` soon
    after `is_cancelled` says so.
    """
    if not form.is_available:
        raise ExportError(f"{form.id} needs {form.needs}: pip install 'wsmonitor[{form.extra}]'")
    if recording is not None and path.exists() and recording.exists() and path.samefile(recording):
        raise ExportError(f"{path} is the recording that is exported; choose another name")
    try:
        with whole_file(path, overwrite=force) as part, part.open("wb") as file:
            form.write(Cancellable(source, is_cancelled), file)
            file.flush()
            os.fsync(file.fileno())
            share(part)
    except RecordingError as error:
        raise ExportError(str(error)) from error
