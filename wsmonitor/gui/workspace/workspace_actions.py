"""Open, save, recent, drag and drop, and the question before changes are lost."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from wsmonitor.facts.errors import SettingsError
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.pages import Pages
from wsmonitor.gui.workspace.workspaces import Workspaces
from wsmonitor.settings.pasted import parse_pasted
from wsmonitor.text.plain_text import visible

_FILTER = "Workspaces (*.toml)"
_SUFFIXES = (".toml", ".wsmon")
_Continuation = Callable[[], object]


class WorkspaceActions(QObject):
    """Connects the actions and what is dropped on the window with `workspaces`."""

    recording_wanted = Signal(Path)
    endpoint_dropped = Signal(object)
    """An `EndpointConfig`, from a URL or command that was dropped as text."""

    def __init__(self, actions: Actions, workspaces: Workspaces, pages: Pages, parent: QWidget) -> None:
        super().__init__(parent)
        self.workspaces, self._pages, self._window = workspaces, pages, parent
        self.recent_menu = QMenu("Open recent", parent)
        self._may_close = False
        self._question: QMessageBox | None = None
        self._then: _Continuation | None = None
        actions["open_workspace"].triggered.connect(self.ask_open)
        actions["save_workspace"].triggered.connect(self.save)
        actions["save_workspace_as"].triggered.connect(self.ask_save_as)
        self.workspaces.changed.connect(self._show)
        self.workspaces.failed.connect(pages.complain)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        self._show()

    def reopen(self, path: str) -> None:
        """Open what was open in the last session; silently nothing where it is gone."""
        if Path(path).is_file():
            self.workspaces.open(Path(path))

    def ask_open(self) -> None:
        """Let the user choose a file."""
        dialog = self._dialog("Open a workspace")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open)
        dialog.open()

    def open(self, path: str) -> None:
        """Open a workspace; a recording is `recording_wanted`. Asks before changes are lost."""
        if path.lower().endswith(".wsmon"):
            self.recording_wanted.emit(Path(path))
        else:
            self.unless_unsaved(partial(self.workspaces.open, Path(path)))

    def save(self) -> None:
        """Save to the open file, or ask for one."""
        if self.workspaces.path is None:
            self.ask_save_as()
        else:
            self._save_to(None)

    def ask_save_as(self) -> None:
        """Let the user choose where to save."""
        dialog = self._dialog("Save the workspace")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("toml")
        dialog.selectFile("wsmonitor.toml" if self.workspaces.path is None else str(self.workspaces.path))
        dialog.fileSelected.connect(self._save_to)
        dialog.rejected.connect(self._give_up)
        dialog.open()

    def unless_unsaved(self, then: _Continuation) -> bool:
        """Do `then` now (true), or once the user said what to do with unsaved changes."""
        if not self.workspaces.is_changed:
            then()
            return True
        self._then = then
        if self._question is None:
            self._ask()
        return False

    def may_close(self) -> bool:
        """Whether nothing would be lost; else the user is asked, and the window closes after the answer."""
        if self._may_close or not self.workspaces.is_changed:
            return True
        self.unless_unsaved(self._close)
        return False

    def offer_to_save(self) -> str:
        """`Save the changes to mine.toml`; empty without changes, and where no file is known for them."""
        path = self.workspaces.path
        return f"Save the changes to {path.name}" if self.workspaces.is_changed and path is not None else ""

    def settle(self, *, save: bool) -> None:
        """Save the changes, or let them go when the window closes."""
        if save:
            self.workspaces.save(None)  # where that fails it is said, and asked about once more
        else:
            self._may_close = True

    def drop(self, data: QMimeData) -> None:
        """Open what was dropped on the window."""
        files = _files(data)
        if files:
            self.open(files[0])
            return
        try:
            self.endpoint_dropped.emit(parse_pasted(data.text()))
        except SettingsError as error:
            self._pages.say(f"what was dropped is no workspace, URL or command: {error}")

    def _close(self) -> None:
        self._may_close = True
        self._window.close()

    def _ask(self) -> None:
        path = self.workspaces.path
        name = visible(path.name, 60) if path is not None else "a workspace file"
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Unsaved changes")
        box.setText(f"Save the changes to {name}?")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        for button in box.buttons():  # as in every other question
            button.setIcon(QIcon())
        box.finished.connect(self._answered)
        self._question = box
        box.open()

    def _answered(self, answer: int) -> None:
        self._question = None
        if answer == QMessageBox.StandardButton.Save:
            self.save()  # goes on once it is saved
        elif answer == QMessageBox.StandardButton.Discard:
            self._go_on()
        else:
            self._give_up()

    def _save_to(self, path: str | None) -> None:
        if self.workspaces.save(None if path is None else Path(path)):
            self._saved()
        else:
            self._give_up()

    def _saved(self) -> None:
        path = self.workspaces.path
        if self._then is None and path is not None:
            self._pages.say(f"Saved {visible(str(path), 200)}")
        self._go_on()

    def _go_on(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()

    def _give_up(self) -> None:
        self._then = None

    def _dialog(self, title: str) -> QFileDialog:
        path = self.workspaces.path
        dialog = QFileDialog(self._window, title, str(path.parent) if path is not None else "", _FILTER)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _fill_recent(self) -> None:
        self.recent_menu.clear()
        for path in self.workspaces.recent:
            action = self.recent_menu.addAction(visible(path, 120).replace("&", "&&"))
            action.triggered.connect(partial(self._open_recent, path))
        if not self.workspaces.recent:
            self.recent_menu.addAction("none yet").setEnabled(False)

    def _open_recent(self, path: str, checked: bool = False) -> None:
        self.open(path)

    def _show(self) -> None:
        path = self.workspaces.path
        name = f"{visible(path.name, 80)}[*] — wsmonitor" if path is not None else "wsmonitor[*]"
        self._window.setWindowTitle(name)
        self._window.setWindowModified(self.workspaces.is_changed and path is not None)


def _files(data: QMimeData) -> list[str]:
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.lower().endswith(_SUFFIXES)]
