"""The Export menu: every format of the registry, written by a thread, with progress and cancel."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from wsmonitor.exports.format import Format
from wsmonitor.exports.source import Cancellable, Source
from wsmonitor.exports.writing import export
from wsmonitor.facts.events import AnyEvent
from wsmonitor.gui.feed.job import Job, Progress, Work
from wsmonitor.gui.look.file_dialog import ask_save
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.pages import Pages
from wsmonitor.gui.window.toolbar import Toolbar
from wsmonitor.recording import RecordingOptions, Replay, save
from wsmonitor.recording.flight.excerpt import Excerpt

WSMON = "Recording, to open again"
KIND = "Recordings (*.wsmon)"


class Exported(Struct, frozen=True):
    """Where what is exported comes from."""

    recent: Callable[[], Excerpt]
    """The last minutes, from memory."""
    recording: Callable[[], Path | None]
    """The file of the open or running recording, where there is one."""
    clip: Callable[[str, int], Excerpt | None]
    """The seconds around a closure of an endpoint at a time, where they are in memory."""


class ExportActions(QObject):
    """What is exported: the open recording, the one that runs, else the last minutes from memory."""

    def __init__(
        self, exported: Exported, toolbar: Toolbar, monitor: MonitorView, pages: Pages, *, save_clip: QAction
    ) -> None:
        super().__init__(monitor)
        from wsmonitor.exports import FORMATS

        self._exported, self._monitor, self._pages = exported, monitor, pages
        save_clip.setEnabled(True)
        save_clip.triggered.connect(self.save_clip)
        self.menu = QMenu(monitor)
        self.menu.setToolTipsVisible(True)
        self._about = self.menu.addAction("")
        self._about.setEnabled(False)
        for form in FORMATS:
            action = self.menu.addAction(f"{form.title} …\t{form.suffix}")
            action.setObjectName(f"export_{form.id}")
            action.setEnabled(form.is_available)
            if not form.is_available:
                action.setToolTip(f"needs {form.needs}: pip install 'wsmonitor[{form.extra}]'")
            action.triggered.connect(partial(self._ask, form))
        self.menu.addSeparator()
        self.copy = self.menu.addAction("Copy the report\tMarkdown on the clipboard")
        self.copy.setObjectName("export_copy")
        self.save = self.menu.addAction(f"{WSMON} …\t.wsmon")
        self.save.setObjectName("export_wsmon")
        self.copy.triggered.connect(self.copy_report)
        self.save.triggered.connect(self._ask_wsmon)
        self.menu.aboutToShow.connect(self._describe)
        toolbar.add_menu("export", self.menu)
        toolbar.button("export").defaultAction().setEnabled(True)

    def export_to(self, form: Format, path: Path) -> None:
        """Write what there is to `path`; the dialog has asked already whether to overwrite."""
        opened, recording = self._opener(), self._exported.recording()

        def work(progress: Progress) -> object:
            with _reporting(opened(), progress) as source:
                export(source, form, path, force=True, is_cancelled=progress.is_cancelled, recording=recording)
                missing = "; ".join(source.problems)
            return f"Written: {path}." + (f" What was recorded is incomplete: {missing}." if missing else "")

        self._start(f"Exporting {path.name}", work, self._say_written)

    def copy_report(self) -> None:
        """Put the Markdown report on the clipboard."""
        from wsmonitor.exports import FORMATS

        opened, form = self._opener(), next(form for form in FORMATS if form.id == "markdown")

        def work(progress: Progress) -> object:
            buffer = io.BytesIO()
            with _reporting(opened(), progress) as source:
                form.write(Cancellable(source, progress.is_cancelled), buffer)
            return buffer.getvalue().decode()

        self._start("Writing the report", work, self._to_clipboard)

    def save_clip(self) -> None:
        """Ask where to save the seconds around the chosen closure."""
        tab = self._monitor.tabs.closures
        closure = tab.model.closure(tab.table.currentIndex().row())
        if closure is None:
            self._pages.say("Choose a closure first")
            return
        excerpt = self._exported.clip(closure.endpoint, closure.at_ns)
        if excerpt is None:
            self._pages.say("The seconds around this closure are not in memory: forced, too long ago, or a recording")
            return
        name = Path(f"closure-{closure.number}.wsmon")
        ask_save(self._monitor, "Save the seconds around it", name, KIND, partial(self._save, excerpt))

    def _start(self, title: str, work: Work, done: Callable[[object], None]) -> None:
        if self._monitor.jobs.is_busy:
            self._pages.say("One thing at a time: wait for what runs, or cancel it")
            return
        job = Job(title, work, self)
        job.done.connect(done)
        job.failed.connect(self._say_failed)
        self._monitor.jobs.run(job)

    def _opener(self) -> Callable[[], Source]:
        """What opens the source, in the thread that reads it."""
        path = self._exported.recording()
        if path is not None:
            return partial(Replay, path)
        excerpt = self._exported.recent()
        return lambda: excerpt

    def _ask(self, form: Format, checked: bool = False) -> None:
        kind = f"{form.title} (*{form.suffix})"
        answer = partial(self._answered, form)
        ask_save(self._monitor, f"Export: {form.title}", Path(f"wsmonitor{form.suffix}"), kind, answer)

    def _answered(self, form: Format, path: str) -> None:
        self.export_to(form, Path(path))

    def _ask_wsmon(self) -> None:
        answer = partial(self._save, self._exported.recent())
        ask_save(self._monitor, "Save a recording", Path("session.wsmon"), KIND, answer)

    def _save(self, excerpt: Excerpt, name: str) -> None:
        path = Path(name)

        def work(progress: Progress) -> object:
            save(path, excerpt, RecordingOptions(payload="full", overwrite=True))  # the dialog has asked
            return f"Written: {path}."

        self._start(f"Saving {path.name}", work, self._say_written)

    def _describe(self) -> None:
        path = self._exported.recording()
        what = f"the whole of {path.name}" if path is not None else "the last minutes, from memory; Record keeps more"
        self._about.setText(f"Exports {what}")
        self.save.setEnabled(path is None)

    def _say_written(self, result: object) -> None:
        self._pages.say(str(result))

    def _say_failed(self, text: str) -> None:
        self._pages.say(text or "Cancelled: nothing was written")

    def _to_clipboard(self, text: object) -> None:
        QGuiApplication.clipboard().setText(str(text))
        self._pages.say("The report is on the clipboard, as Markdown")


@contextmanager
def _reporting(source: Source, progress: Progress) -> "Iterator[_Reporting]":
    """The source, let go of at the end."""
    try:
        yield _Reporting(source, progress)
    finally:
        if isinstance(source, Replay):
            source.close()


class _Reporting:
    """A source that tells how far it was read."""

    def __init__(self, source: Source, progress: Progress) -> None:
        self._source, self._progress = source, progress
        self.start_ns, self.wall_ns, self.endpoints = source.start_ns, source.wall_ns, source.endpoints

    @property
    def end_ns(self) -> int:
        return self._source.end_ns

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(self._source.problems)

    def batches(self) -> Iterator[list[AnyEvent]]:
        for batch in self._source.batches():
            yield batch
            if isinstance(self._source, Replay):
                self._progress.report(self._source.progress)
