"""Compares what the user chose, in a thread, and shows or copies what differs."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from wsmonitor.exports.source import Source
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.gui.feed.job import Job, Progress
from wsmonitor.gui.look.file_dialog import ask_open
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.recordings.compare_choices import Choice, Shown, choices, recording, side
from wsmonitor.gui.recordings.recording_control import recordings_folder
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.recording import Replay
from wsmonitor.recording.flight.excerpt import Excerpt

if TYPE_CHECKING:
    from wsmonitor.exports.compared import Compared
    from wsmonitor.gui.recordings.compare_dialog import CompareDialog

KIND = "Recordings (*.wsmon)"


class CompareActions(QObject):
    """Periods are those of the open recording, of the one that runs, else of the last minutes in memory."""

    def __init__(
        self,
        actions: Actions,
        monitor: MonitorView,
        look: Look,
        parent: QWidget,
        *,
        recent: Callable[[], Excerpt],
        recorded: Callable[[], Path | None],
    ) -> None:
        super().__init__(parent)
        self._monitor, self._look, self._window = monitor, look, parent
        self._recent, self._recorded = recent, recorded
        self._found: Compared | None = None
        self.dialog: CompareDialog | None = None
        actions["compare"].setEnabled(True)
        actions["compare"].triggered.connect(self.ask)

    def ask(self) -> None:
        """Choose two recordings, or two periods of what is shown."""
        from wsmonitor.gui.recordings.compare_dialog import CompareDialog

        if self.dialog is None:
            self.dialog = CompareDialog(self._look, self._window)
            self.dialog.wanted.connect(self.compare)
            self.dialog.file_wanted.connect(self._ask_file)
            self.dialog.copy_wanted.connect(self._copy)
        self.dialog.ask(choices(self._shown(), self._clock))

    def compare(self, before: Choice, after: Choice) -> None:
        """Compare two choices; the dialog shows what came of it."""
        dialog = self.dialog
        if dialog is None or dialog.jobs.is_busy:
            return
        opener = self._opener()
        sides = side(before, opener), side(after, opener)

        def work(progress: Progress) -> object:
            from wsmonitor.exports.compared import compared

            return compared(*sides, partial(_report, progress))

        job = Job("Comparing", work, self)
        job.done.connect(self._show)
        job.failed.connect(self._say_failed)
        dialog.jobs.run(job)

    def close(self) -> None:
        """End what runs."""
        if self.dialog is not None:
            self.dialog.jobs.stop(0.5)

    def _opener(self) -> Callable[[], Source]:
        """What opens the session that is shown, in the thread that reads it."""
        path = self._recorded()
        if path is not None:
            return partial(Replay, path)
        excerpt = self._recent()
        return lambda: excerpt

    def _shown(self) -> Shown | None:
        snapshot, plots = self._monitor.snapshot, self._monitor.plots
        if snapshot is None:
            return None

        def at_ns(at_s: float | None) -> int | None:
            return None if at_s is None else snapshot.start_ns + round(at_s * 1e9)

        a, b = plots.stack.placed if plots.stack is not None else (None, None)
        focus = None if plots.focus is None else (plots.focus.start_ns(snapshot), plots.focus.end_ns(snapshot))
        return Shown(snapshot.start_ns, snapshot.at_ns, (at_ns(a), at_ns(b)), focus)

    def _clock(self, at_ns: int) -> str:
        snapshot = self._monitor.snapshot
        return "" if snapshot is None else self._look.moments.clock(snapshot, at_ns, digits=0)

    def _ask_file(self, number: int) -> None:
        title = f"The recording {'before' if number == 0 else 'after'} the change"
        ask_open(self._window, title, recordings_folder(), KIND, partial(self._take_file, number))

    def _take_file(self, number: int, path: str) -> None:
        if self.dialog is not None:
            self.dialog.choose(number, recording(Path(path)))

    def _show(self, found: "Compared") -> None:
        self._found = found
        if self.dialog is not None:
            self.dialog.show_found(found)

    def _say_failed(self, text: str) -> None:
        if self.dialog is not None:
            self.dialog.say(text or "Comparing was cancelled")

    def _copy(self, form: str) -> None:
        from wsmonitor.exports.report import comparison

        if self._found is not None:
            text = comparison.markdown(self._found) if form == "markdown" else comparison.text(self._found)
            QGuiApplication.clipboard().setText(text)


def _report(progress: Progress, share: float) -> None:
    progress.report(share)
    if progress.is_cancelled():
        raise WsmonitorError("comparing was cancelled")
