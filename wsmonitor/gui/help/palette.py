"""Ctrl+K: type a few letters of what you want to do, Enter does it."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from wsmonitor.gui.look.filter_list import FilterList
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.popover import Popover
from wsmonitor.gui.window.action_table import ACTIONS, Actions
from wsmonitor.gui.window.toolbar import Toolbar

_MENUS = ("disconnect", "examine", "lab", "export")


class CommandPalette(Popover):
    """Every action of the table and of the buttons' menus, filtered by words."""

    def __init__(self, actions: Actions, toolbar: Toolbar, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Command palette")
        self.commands = _EnabledActions(
            self, placeholder="What do you want to do?", name="Command", width=640, height=320
        )
        in_column(self.commands, within=self, margins=8)
        for info in ACTIONS:
            keys = f"   ({info.keys[0]})" if info.keys else ""
            self.commands.add(f"{info.text}: {info.hint}{keys}", actions[info.id])
        self._actions, self._toolbar = actions, toolbar
        self._has_menus = False
        self.commands.chosen.connect(self._run)

    def ask(self) -> None:
        """Open below the toolbar."""
        self._add_menus()
        self.open_below(self._toolbar)
        self.commands.start()

    def _add_menus(self) -> None:
        """When it is first opened, all buttons have their menus; what they offer may change each time."""
        for name in _MENUS:
            menu = self._toolbar.button(name).menu()
            if menu is None:
                continue
            menu.aboutToShow.emit()  # some are filled only then
            for action in () if self._has_menus else menu.actions():
                if action.objectName():
                    self._add(self._actions[name].text(), action)
        self._has_menus = True

    def _add(self, path: str, action: QAction) -> None:
        """Offer an entry of a menu; of one that opens another menu, what is in that."""
        title, _, hint = action.text().strip().partition("\t")
        if isinstance(menu := action.menu(), QMenu):
            for choice in menu.actions():
                if not choice.isSeparator():
                    self.commands.add(f"{path}: {title} {choice.text()}: {hint}", choice)
        else:
            self.commands.add(": ".join(filter(None, (path, title, hint))), action)

    def _run(self, action: QAction) -> None:
        self.hide()
        action.trigger()


class _EnabledActions(FilterList):
    """Offers only what can be done now: by an entry of a menu while that is in sight, and what opens it."""

    def offers(self, value: object) -> bool:
        if not isinstance(value, QAction):
            return False
        menu = value.parent()
        opens = menu.menuAction() if isinstance(menu, QMenu) and isinstance(menu.parent(), QMenu) else value
        return all(one.isEnabled() and one.isVisible() for one in (value, opens))
