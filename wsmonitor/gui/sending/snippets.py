"""The texts kept for sending: find one by typing, use it, keep, rename or delete one."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from wsmonitor.gui.look.filter_list import FilterList
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.popover import Popover
from wsmonitor.gui.sending.snippet_list import Snippets, line
from wsmonitor.settings.snippet import LONGEST_NAME
from wsmonitor.settings.workspace import Snippet


class SnippetsPopover(Popover):
    """Says what is wanted; `show_snippets` shows what came of it."""

    used = Signal(object, bool)
    """A `Snippet`, and whether it goes to the cursor instead of taking the place of everything."""
    save_wanted = Signal(str)
    """The name under which the text of the Send tab shall be kept."""
    rename_wanted = Signal(object, str)
    delete_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Snippets")
        self.snippets = FilterList(
            self, placeholder="Find a snippet; Enter uses it", name="Find a snippet", width=560, height=180
        )
        self.snippets.choose_by_double_click()
        self.name = described(QLineEdit(self), says="Name of the snippet")
        self.name.setPlaceholderText("name")
        self.name.setMaxLength(LONGEST_NAME)
        self.problem = plain_label(self, name="error", wraps=True)
        self.problem.hide()
        above, below = QHBoxLayout(), QHBoxLayout()
        self.use = self._button("Use", "Put it into the Send tab, in place of what is there (Enter)", above, self._use)
        self.insert = self._button("Insert", "Put it into the Send tab, at the cursor", above, self._insert)
        above.addStretch(1)
        self.delete = self._button("Delete", "Forget it; can be undone", above, self._delete)
        below.addWidget(self.name, 1)
        self.rename = self._button("Rename", "Give the chosen snippet this name", below, self._rename)
        self.save = self._button("Save text", "Keep the text of the Send tab under this name", below, self._save)
        self.save.setObjectName("primary")
        in_column(self.snippets, above, below, self.problem, within=self, margins=8)
        self.snippets.chosen.connect(self._use)
        self.snippets.current_changed.connect(self._show_current)
        self.name.returnPressed.connect(self._save)
        self.name.textChanged.connect(self._show_problem)

    def show_snippets(self, snippets: Snippets) -> None:
        """Offer these."""
        self.snippets.clear()
        for snippet in snippets:
            self.snippets.add(line(snippet), snippet)
        if not snippets:
            self.snippets.add_heading("None yet: type a message in the Send tab, then keep it under a name here.")
        self.snippets.refresh()
        self._show_current()

    def ask(self, anchor: QWidget, *, name: str | None = None) -> None:
        """Open above `anchor` to choose one; with a `name`, to keep the text under it."""
        self._show_problem()
        self.open_above(anchor)
        self.snippets.start()
        if name is not None:
            self.name.setText(name)
            self.name.setFocus(Qt.FocusReason.PopupFocusReason)
            self.name.selectAll()

    def complain(self, problem: str) -> None:
        """Say what is wrong with a name or text."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.adjustSize()

    def _button(self, text: str, hint: str, row: QHBoxLayout, slot: Callable[[], None]) -> QPushButton:
        button = described(QPushButton(text, self), hint=hint)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        row.addWidget(button)
        return button

    def _current(self) -> Snippet | None:
        value = self.snippets.current()
        return value if isinstance(value, Snippet) else None

    def _show_current(self) -> None:
        snippet = self._current()
        for button in (self.use, self.insert, self.delete, self.rename):
            button.setEnabled(snippet is not None)
        self.name.setText("" if snippet is None else snippet.name)

    def _show_problem(self) -> None:
        self.complain("")

    def _use(self) -> None:
        self._put(at_cursor=False)

    def _insert(self) -> None:
        self._put(at_cursor=True)

    def _put(self, *, at_cursor: bool) -> None:
        snippet = self._current()
        if snippet is not None:
            self.hide()
            self.used.emit(snippet, at_cursor)

    def _rename(self) -> None:
        snippet = self._current()
        if snippet is not None:
            self.rename_wanted.emit(snippet, self.name.text().strip())

    def _delete(self) -> None:
        snippet = self._current()
        if snippet is not None:
            self.delete_wanted.emit(snippet)

    def _save(self) -> None:
        self.save_wanted.emit(self.name.text().strip())
