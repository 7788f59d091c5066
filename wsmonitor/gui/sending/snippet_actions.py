"""Connects the Send tab with the snippets of the workspace."""

from functools import partial
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.gui.workspace.workspaces import Workspaces
from wsmonitor.text.plain_text import visible

if TYPE_CHECKING:
    from wsmonitor.gui.sending.snippet_list import Snippets
    from wsmonitor.gui.sending.snippets import SnippetsPopover
    from wsmonitor.settings.workspace import Snippet


class SnippetActions(QObject):
    """Keeps, renames and deletes what the popover asks for; each can be taken back until the next."""

    def __init__(
        self, actions: Actions, monitor: MonitorView, workspaces: Workspaces, controller: Controller, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._monitor, self._workspaces, self._controller = monitor, workspaces, controller
        self._tab, self._window = monitor.tabs.send, parent
        self._popover: SnippetsPopover | None = None
        self._last_name = ""
        """What was used or kept last: most probably what is to be kept again."""
        actions["snippets"].triggered.connect(self.ask)
        actions["save_snippet"].triggered.connect(self.ask_name)
        self._tab.snippets.clicked.connect(self.ask)

    @property
    def popover(self) -> "SnippetsPopover":
        """The list, made when it is first wanted."""
        if self._popover is None:
            from wsmonitor.gui.sending.snippets import SnippetsPopover

            self._popover = SnippetsPopover(self._window)
            self._popover.used.connect(self._use)
            self._popover.save_wanted.connect(self._save)
            self._popover.rename_wanted.connect(self._rename)
            self._popover.delete_wanted.connect(self._delete)
            self._workspaces.changed.connect(self._show)
            self._show()
        return self._popover

    def ask(self) -> None:
        """Choose a snippet."""
        self._show_tab()
        self.popover.ask(self._tab.snippets)

    def ask_name(self) -> None:
        """Keep the text of the Send tab under a name."""
        self._show_tab()
        self.popover.ask(self._tab.snippets, name=self._last_name)

    def _show_tab(self) -> None:
        self._monitor.tabs.bar.setCurrentIndex(Tab.SEND)

    def _show(self) -> None:
        self.popover.show_snippets(self._workspaces.snippets)

    def _use(self, snippet: "Snippet", at_cursor: bool) -> None:
        self._last_name = snippet.name
        self._tab.put(snippet.text, _KINDS[snippet.format], at_cursor=at_cursor)
        self._tab.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self, name: str) -> None:
        from wsmonitor.gui.sending.snippet_list import kept, mistakes, named
        from wsmonitor.settings.workspace import Snippet

        snippet = Snippet(name=name, text=self._tab.text, format=_FORMATS[self._tab.kind.currentText()])
        if problem := mistakes(snippet) or ("" if snippet.text else "There is no text in the Send tab to keep"):
            self.popover.complain(problem)
            return
        before = self._workspaces.snippets
        self._last_name = name
        self._change(kept(before, snippet), "Saved" if named(before, name) is None else "Saved over", name)

    def _rename(self, snippet: "Snippet", name: str) -> None:
        from wsmonitor.gui.sending.snippet_list import mistakes, named, renamed

        before = self._workspaces.snippets
        if name == snippet.name:
            self.popover.complain("Type another name first")
        elif problem := mistakes(replace(snippet, name=name)):
            self.popover.complain(problem)
        elif named(before, name) is not None:
            self.popover.complain(f"There is a snippet called {visible(name, 60)} already")
        else:
            self._last_name = name
            self._change(renamed(before, snippet.name, name), "Renamed", name)

    def _delete(self, snippet: "Snippet") -> None:
        from wsmonitor.gui.sending.snippet_list import without

        self._change(without(self._workspaces.snippets, snippet.name), "Deleted", snippet.name)

    def _change(self, snippets: "Snippets", done: str, name: str) -> None:
        before = self._workspaces.snippets
        self.popover.hide()
        self._workspaces.change_snippets(snippets)
        self._controller.can_undo(partial(self._workspaces.change_snippets, before))
        self._monitor.notice.say(f"{done} the snippet {visible(name, 60)}", ("Undo", self._controller.undo))


_FORMATS: dict[str, Literal["text", "json", "hex"]] = {"Text": "text", "JSON": "json", "Hex": "hex"}
_KINDS = {written: kind for kind, written in _FORMATS.items()}
