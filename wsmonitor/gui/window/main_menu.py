"""The menu behind the button on the left: everything that has no button of its own."""

from PySide6.QtWidgets import QMenu, QWidget

from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.toolbar import Toolbar

_ENTRIES = (
    ("open_workspace", "recent", "save_workspace", "save_workspace_as"),
    ("record", "open_recording", "compare"),
    ("add", "edit", "remove", "undo_remove"),
    ("snippets", "save_snippet", "alerts"),
    ("lens", "focus_view", "clear_focus", "in_words", "save_picture", "search_endpoints", "find", "palette"),
    ("preferences", "theme", "times", "density", "group", "full_screen"),
    ("keys", "explain", "about"),
    ("quit",),
)


class MainMenu(QMenu):
    """Made from the table of actions."""

    def __init__(self, actions: Actions, toolbar: Toolbar, recent: QMenu, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        for group in _ENTRIES:
            if self.actions():
                self.addSeparator()
            for name in group:
                if name == "recent":
                    self.addMenu(recent)
                else:
                    self.addAction(actions[name])
        toolbar.add_menu("menu", self)
