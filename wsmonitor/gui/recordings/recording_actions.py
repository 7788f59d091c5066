"""The Record button, what it says while it records, and the question before quitting."""

from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QDialog, QPushButton, QWidget

from wsmonitor.gui.look.file_dialog import ask_save
from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.recordings.recording_control import RecordingControl
from wsmonitor.gui.window.pages import Pages
from wsmonitor.gui.window.status_bar import StatusBar
from wsmonitor.gui.window.toolbar import Toolbar
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible

KIND = "Recordings (*.wsmon)"


class KeepRecording(QDialog):
    """Says what was pressed; closing it means to stay."""

    kept = Signal()
    save_wanted = Signal()
    discarded = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keep the recording?")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.text = plain_label(self, wraps=True)
        self.text.setMinimumWidth(420)
        self.also = QCheckBox(self)
        self.also.setChecked(True)
        self.save = QPushButton("Save as …", self)
        self.keep = QPushButton("Keep it there", self)
        self.keep.setDefault(True)
        self.discard = QPushButton("Throw it away", self)
        self.cancel = QPushButton("Cancel", self)
        row = in_row(self.discard, ..., self.cancel, self.save, self.keep)
        in_column(self.text, self.also, row, within=self)
        self.save.clicked.connect(self._save)
        self.keep.clicked.connect(self._keep)
        self.discard.clicked.connect(self._discard)
        self.cancel.clicked.connect(self.reject)

    def ask(self, what: str, also: str = "") -> None:
        """Ask about the recording that `what` describes, and whether to do something else that is not done yet."""
        self.text.setText(visible(what, 600))
        self.also.setText(visible(also, 120).replace("&", "&&"))
        self.also.setVisible(bool(also))
        self.open()

    def _save(self) -> None:
        self.accept()
        self.save_wanted.emit()

    def _keep(self) -> None:
        self.accept()
        self.kept.emit()

    def _discard(self) -> None:
        self.accept()
        self.discarded.emit()


class UnsavedChanges(Protocol):
    """Changes that are in no file yet: `WorkspaceActions`."""

    def offer_to_save(self) -> str:
        """What can be saved, as words for a box to tick; empty where nothing can."""

    def settle(self, *, save: bool) -> None:
        """Save them, or let them go."""


class RecordingActions(QObject):
    """Connects `control` with its button, and says how it does."""

    open_wanted = Signal(Path)
    """Look at the recording that ended."""

    def __init__(
        self, control: RecordingControl, toolbar: Toolbar, status: StatusBar, pages: Pages, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.control, self._toolbar, self._status, self._pages, self._window = control, toolbar, status, pages, parent
        self.dialog = KeepRecording(parent)
        self.unsaved_changes: UnsavedChanges | None = None
        """What else would be lost when the window closes: asked about in one question."""
        self._action = toolbar.button("record").defaultAction()
        self._action.setEnabled(True)
        self._action.triggered.connect(self._toggle)
        control.changed.connect(self._show)
        control.said.connect(pages.say)
        control.ended.connect(self._say_ended)
        control.saved.connect(parent.close)
        self.dialog.kept.connect(self._keep)
        self.dialog.discarded.connect(self._throw_away)
        self.dialog.save_wanted.connect(self._ask_name)
        self._show()

    def _toggle(self) -> None:
        if self.control.is_recording:
            self.control.stop()
        else:
            self.control.start()

    def _show(self) -> None:
        control, status = self.control, self.control.status
        self._action.setChecked(control.is_recording)
        seconds = control.seconds
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        self._action.setText(f"Recording {clock}" if control.is_recording else "Record")
        self._toolbar.show_recording(recording=control.is_recording)
        if status is None or not control.is_recording:
            self._status.show_recording("", "")
            return
        dropped = f" · {status.dropped:,} dropped" if status.dropped else ""
        name = status.paths[-1].name
        self._status.show_recording(name, f"{status.events:,} events · {units.short_size(status.size_bytes)}{dropped}")

    def _say_ended(self) -> None:
        status = self.control.status
        if status is None:
            return
        path, asked = status.paths[0], "; what becomes of it is asked when you quit" if self.control.unsaved else ""
        offers = ("Open", partial(self.open_wanted.emit, path)), ("Show in folder", partial(_show_folder, path))
        self._pages.say(f"{self._described()}{asked}", *offers)

    def _described(self) -> str:
        status = self.control.status
        if status is None:
            return ""
        return f"Recorded {status.events:,} events, {units.short_size(status.size_bytes)}, in {status.paths[-1]}"

    def may_close(self) -> bool:
        """Whether the window may close now; else a dialog asks first."""
        if not self.control.unsaved:
            return True
        if self.control.is_saving:
            self._pages.say("Still saving the recording; the window closes once it is there")
            return False
        changes = self.unsaved_changes
        self.dialog.ask(
            f"{self._described()}. It has no name of yours yet.", "" if changes is None else changes.offer_to_save()
        )
        return False  # and it goes on recording until that is decided

    def _keep(self) -> None:
        self.control.keep()
        self._close()

    def _throw_away(self) -> None:
        self.control.close()
        self.control.throw_away()
        self._close()

    def _close(self) -> None:
        """The answer holds for changes too, where they were asked about."""
        if self.unsaved_changes is not None and not self.dialog.also.isHidden():
            self.unsaved_changes.settle(save=self.dialog.also.isChecked())
        self._window.close()

    def _ask_name(self) -> None:
        unsaved = self.control.unsaved
        if unsaved:
            ask_save(self._window, "Save the recording", Path(unsaved[0].name), KIND, self._save_as)

    def _save_as(self, path: str) -> None:
        self.control.close()
        self.control.save_as(Path(path))


def _show_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
