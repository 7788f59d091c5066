"""Ctrl+K: type a few letters of what you want to do, Enter does it."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QMenu, QVBoxLayout, QWidget

from wsmonitor.gui.actions import ACTIONS, Actions
from wsmonitor.gui.dialogs.popover import Popover

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class CommandPalette(Popover):
    """Every action of the table and of the buttons' menus, filtered by words."""

    def __init__(self, actions: Actions, menus: Mapping[str, QMenu], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Command palette")
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText("What do you want to do?")
        self.edit.setAccessibleName("Command")
        self.list = QListWidget(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMinimumSize(640, 320)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.edit)
        column.addWidget(self.list)
        for info in ACTIONS:
            keys = f"   ({info.keys[0]})" if info.keys else ""
            self._add(actions[info.id], f"{info.text}: {info.hint}{keys}")
        for name, menu in menus.items():
            for action in menu.actions():
                if action.objectName():
                    title, _, hint = action.text().strip().partition("\t")
                    self._add(action, f"{actions[name].text()}: {title}: {hint}")
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._filter)
        self.edit.returnPressed.connect(self._run)
        self.list.itemClicked.connect(self._run)

    def ask(self, anchor: QWidget) -> None:
        """Open below `anchor`."""
        self.edit.clear()
        self._filter("")
        self.open_below(anchor)
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Arrows move in the list while the cursor stays in the field."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _MOVES:
            self.list.event(event)
            return True
        return super().eventFilter(watched, event)

    def _add(self, action: QAction, text: str) -> None:
        item = QListWidgetItem(text, self.list)
        item.setData(Qt.ItemDataRole.UserRole, action)

    def _filter(self, text: str) -> None:
        wanted = text.lower().split()
        first: QListWidgetItem | None = None
        for row in range(self.list.count()):
            item = self.list.item(row)
            action: QAction = item.data(Qt.ItemDataRole.UserRole)
            shown = action.isEnabled() and all(word in item.text().lower() for word in wanted)
            item.setHidden(not shown)
            first = first or (item if shown else None)
        self.list.setCurrentItem(first)  # type: ignore[arg-type]  # Qt takes none for "no item"

    def _run(self) -> None:
        item = self.list.currentItem()
        self.hide()
        if item is not None and not item.isHidden():
            action: QAction = item.data(Qt.ItemDataRole.UserRole)
            action.trigger()
