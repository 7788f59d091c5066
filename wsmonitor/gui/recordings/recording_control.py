"""The recording of what is seen live: one at a time, begun by a button or `--record`, kept or thrown away."""

import re
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import platformdirs
from PySide6.QtCore import QObject, QTimer, Signal

from wsmonitor.gui.feed.job import Job
from wsmonitor.gui.feed.live_session import LiveSession, discard
from wsmonitor.recording import Recorder, RecordingError, RecordingStatus
from wsmonitor.recording.whole_file import move_parts

_PERIOD_MS = 500
CLOSE_S = 1.0


class RecordingControl(QObject):
    """`changed` follows start, progress and end; `said` carries what went wrong, one sentence.

    `ended` comes once the file is whole. A recording without a name of the user's is `unsaved` until it
    was kept, saved elsewhere or thrown away.
    """

    changed = Signal()
    said = Signal(str)
    ended = Signal()
    saved = Signal()
    _closed = Signal(object)

    def __init__(self, live: LiveSession, name: Callable[[], str], parent: QObject) -> None:
        super().__init__(parent)
        self._live, self._name = live, name
        self._recorder: Recorder | None = None
        self._started = datetime.now()
        self._is_unsaved = False
        self._ending: threading.Thread | None = None
        self._saving: Job | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_PERIOD_MS)
        self._timer.timeout.connect(self._look)
        self._closed.connect(self._finish)

    @property
    def is_recording(self) -> bool:
        """True while events go into a file."""
        return self._live.recorder is not None

    @property
    def status(self) -> RecordingStatus | None:
        """How the last recording does, or did."""
        return None if self._recorder is None else self._recorder.status

    @property
    def seconds(self) -> int:
        """For how long it has been recording."""
        return int((datetime.now() - self._started).total_seconds()) if self.is_recording else 0

    @property
    def unsaved(self) -> tuple[Path, ...]:
        """The files that the user has not decided about."""
        return self.status.paths if self.status is not None and self._is_unsaved else ()

    def start(self, path: Path | None = None, *, overwrite: bool = False) -> None:
        """Record to `path`, or to a new file among the recordings that is called after what `name` says."""
        self.stop()
        target = path or _fresh_path(self._name())
        try:
            target.parent.mkdir(parents=True, exist_ok=True) if path is None else None
            self._recorder = self._live.start_recording(target, overwrite=overwrite, on_error=self.said.emit)
        except (RecordingError, OSError) as error:
            self.said.emit(f"not recording: {error}")
            return
        self._started = datetime.now()
        self._is_unsaved = path is None
        self._timer.start()
        self.changed.emit()

    def stop(self) -> None:
        """End the recording; the file is finished by a thread of its own."""
        recorder = self._live.stop_recording()
        self._timer.stop()
        if recorder is not None:
            self._ending = threading.Thread(target=partial(self._close, recorder), name="recording end", daemon=True)
            self._ending.start()
            self.changed.emit()

    def keep(self) -> None:
        """Leave the files where they are."""
        self._is_unsaved = False

    @property
    def is_saving(self) -> bool:
        """True while the recording is being moved to where the user wants it."""
        return self._saving is not None

    def save_as(self, path: Path) -> None:
        """Move the recording to `path`, further parts beside it: all of it, then `saved`; else `said` tells why not.

        In a thread: on another file system it is copied.
        """
        paths = self.unsaved
        self._saving = Job(f"Saving {path.name}", lambda _: move_parts(paths, path), self)
        self._saving.done.connect(partial(self._end_saving, path))
        self._saving.failed.connect(self._fail_saving)
        self._saving.start()

    def throw_away(self) -> None:
        """Delete the files."""
        discard(self.unsaved)
        self._is_unsaved = False

    def close(self) -> None:
        """End the recording at once, because the window goes; what is there is kept."""
        recorder = self._live.stop_recording()
        self._timer.stop()
        if recorder is not None:
            recorder.close(CLOSE_S)
        if self._ending is not None:
            self._ending.join(CLOSE_S)
        if self._saving is not None:
            self._saving.wait(CLOSE_S)

    def _end_saving(self, path: Path, _moved: object) -> None:
        self._saving, self._is_unsaved = None, False
        self.said.emit(f"Saved as {path}")
        self.saved.emit()

    def _fail_saving(self, why: str) -> None:
        self._saving = None
        self.said.emit(why)

    def _close(self, recorder: Recorder) -> None:
        recorder.close()
        self._closed.emit(recorder)

    def _finish(self, recorder: Recorder) -> None:
        if recorder is self._recorder and recorder.status.error == "":
            self.ended.emit()
        self.changed.emit()

    def _look(self) -> None:
        if self._recorder is not None and self._recorder.status.error:
            self.stop()
        self.changed.emit()


def recordings_folder() -> Path:
    """Where recordings without a name go."""
    return platformdirs.user_data_path("wsmonitor") / "recordings"


def _fresh_path(name: str) -> Path:
    stem = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:40] or "session"
    return recordings_folder() / f"{stem}-{datetime.now():%Y-%m-%d-%H%M%S}.wsmon"
