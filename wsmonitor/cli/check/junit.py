"""The file of `check --junit`. Loads nothing that would delay the first dial."""

import os
from pathlib import Path


class JunitFile:
    """The file of `--junit`: known to be writable before the first dial, there once it is whole.

    Raises `RecordingError` where it cannot be written, or exists and `overwrite` is false.
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        from wsmonitor.recording.whole_file import reserve

        self._path, self._overwrite = path, overwrite
        self._part = reserve(path, overwrite=overwrite)

    def write(self, document: bytes) -> list[str]:
        """Publish the document; why that failed, in a sentence, where it did."""
        from wsmonitor.recording.errors import RecordingError, os_sentence
        from wsmonitor.recording.whole_file import publish, share

        try:
            with self._part.open("wb") as file:
                file.write(document)
                file.flush()
                os.fsync(file.fileno())
            share(self._part)
            publish(self._part, self._path, overwrite=self._overwrite)
        except OSError as error:
            return [os_sentence(self._path, error)]
        except RecordingError as error:
            return [str(error)]
        return []

    def close(self) -> None:
        """Leave nothing behind but what was published."""
        from wsmonitor.recording.whole_file import remove

        remove(self._part)
