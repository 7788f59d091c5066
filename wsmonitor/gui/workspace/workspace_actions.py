"""Open, save, recent, drag and drop, and the question before changes are lost."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from wsmonitor.facts.errors import SettingsError
from wsmonitor.gui.workspace.workspaces import Workspaces
from wsmonitor.settings.pasted import parse_pasted
from wsmonitor.text.plain_text import visible

if TYPE_CHECKING:
    from wsmonitor.gui.window.window import Window

_FILTER = "Workspaces (*.toml)"
_SUFFIXES = (".toml", ".wsmon")
_Continuation = Callable[[], object]


class WorkspaceActions(QObject):
    """Connects the window with its `Workspaces`."""

    def __init__(self, window: "Window") -> None:
        super().__init__(window)
        self._window = window
        self.workspaces = Workspaces(window.controller, self)
        self.recent_menu = QMenu("Open recent", window)
        self._question: QMessageBox | None = None
        self._then: _Continuation | None = None
        actions = window.actions_table
        actions["open_workspace"].triggered.connect(self.ask_open)
        actions["save_workspace"].triggered.connect(self.save)
        actions["save_workspace_as"].triggered.connect(self.ask_save_as)
        self.workspaces.changed.connect(self._show)
        self.workspaces.failed.connect(window.say)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        window.endpoint_actions.changed_by_user.connect(self.workspaces.touch)
        window.controller.changed.connect(self._touched)
        window.controller.endpoints_changed.connect(self._show)
        window.empty.recent_wanted.connect(self.open)
        window.setAcceptDrops(True)
        self._show()

    def use_recent(self, recent: tuple[str, ...]) -> None:
        """Offer what was open in earlier sessions."""
        self.workspaces.recent = recent
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
        """Open a workspace; a recording goes to the window's own way with recordings. Asks before changes are lost."""
        if path.lower().endswith(".wsmon"):
            self._window.open_recording(Path(path))
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

    def accepts(self, data: QMimeData) -> bool:
        """True for files that can be opened, and for text that may be a URL or command."""
        return bool(_files(data)) or data.hasText()

    def drop(self, data: QMimeData) -> None:
        """Open what was dropped on the window."""
        files = _files(data)
        if files:
            self.open(files[0])
            return
        try:
            self._window.endpoint_actions.add(parse_pasted(data.text()))
        except SettingsError as error:
            self._window.say(f"what was dropped is no workspace, URL or command: {error}")

    def _ask(self) -> None:
        path = self.workspaces.path
        name = visible(path.name, 60) if path is not None else "a workspace file"
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Unsaved changes")
        box.setText(f"Save the changes to {name}?")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
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
            self._window.say(f"Saved {visible(str(path), 200)}")
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

    def _touched(self, name: str, what: str) -> None:
        self.workspaces.touch()

    def _show(self) -> None:
        path = self.workspaces.path
        name = f"{visible(path.name, 80)}[*] — wsmonitor" if path is not None else "wsmonitor[*]"
        self._window.setWindowTitle(name)
        self._window.setWindowModified(self.workspaces.is_changed and path is not None)
        self._window.empty.show_recent(self.workspaces.recent[:4])


def _files(data: QMimeData) -> list[str]:
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.lower().endswith(_SUFFIXES)]
