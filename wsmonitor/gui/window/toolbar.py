"""The row of buttons on top; their menus are put in once they are made."""

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from wsmonitor.gui.look.icons import icon
from wsmonitor.gui.look.layouts import in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.text import units

HOLD_OFF_S = (5, 10, 30, 60, 300)
WINDOWS = tuple(f"window_{number}" for number in range(6))
_ICONS = {
    "menu": "menu",
    "add": "plus",
    "connect": "play",
    "stop": "stop",
    "disconnect": "bolt",
    "hold_off": "hold",
    "examine": "lens",
    "lab": "flask",
    "record": "record",
    "export": "export",
    "freeze": "freeze",
    "live": "dot",
}
_WITH_MENU = ("menu", "disconnect", "examine", "lab", "export")
_COMPACT_BELOW = 1500
_ICONS_ONLY_BELOW = 1330
_ICONS_ONLY = ("hold_off", "examine", "lab", "record", "export", "freeze", "stop")


class Toolbar(QWidget):
    """Buttons of the actions; `hold_off` carries the seconds that were chosen."""

    hold_off = Signal(str)

    def __init__(self, actions: Actions, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions = actions
        self._look = look
        self._buttons: dict[str, QToolButton] = {}
        self.setProperty("compact", True)  # as in most windows: to be styled anew costs a twentieth of the first paint
        row = in_row(self._button("menu"), within=self, margins=(8, 7, 8, 7), spacing=3)
        self._buttons["menu"].setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        for name in ("add", "connect", "stop", "disconnect", "hold_off", "examine"):
            row.addWidget(self._button(name))
        row.addSpacing(6)
        for name in ("lab", "record", "export"):
            row.addWidget(self._button(name))
        row.addStretch(1)
        for name in WINDOWS:
            row.addWidget(self._button(name))
        row.addSpacing(6)
        for name in ("freeze", "live"):
            row.addWidget(self._button(name))
        self._buttons["add"].setObjectName("primary")
        self._buttons["disconnect"].setObjectName("disconnect")
        self._buttons["live"].setObjectName("live")
        self._buttons["record"].setObjectName("record")
        for name in _WITH_MENU:
            self._buttons[name].setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._add_hold_off_menu()
        look.changed.connect(self._restyle)
        self._restyle()

    @property
    def buttons(self) -> tuple[str, ...]:
        """Names of the actions that have a button."""
        return tuple(self._buttons)

    def button(self, name: str) -> QToolButton:
        """The button of action `name`."""
        return self._buttons[name]

    def add_menu(self, name: str, menu: QMenu) -> None:
        """Give the button of action `name` its menu; the action's keys open it as well."""
        button = self._buttons[name]
        button.setMenu(menu)
        self._actions[name].triggered.connect(button.showMenu)

    def show_live(self, *, live: bool) -> None:
        """Say whether the plots follow live, or offer to."""
        button = self._buttons["live"]
        state = "live" if live else "behind"
        if button.property("state") != state:
            button.setProperty("state", state)
            button.style().unpolish(button)
            button.style().polish(button)

    def show_recording(self, *, recording: bool) -> None:
        """Let the record button stand out while it records."""
        button = self._buttons["record"]
        if button.property("recording") != recording:
            button.setProperty("recording", recording)
            button.style().unpolish(button)
            button.style().polish(button)

    def _widest_record(self) -> int:
        """What the button needs while it records: no other button moves when that begins."""
        button = self._buttons["record"]
        return button.fontMetrics().horizontalAdvance("Recording 00:00:00") + button.iconSize().width() + 28

    def _show_words(self) -> None:
        """A narrow window gets icons where they say enough; the status bar tells of a running recording there too."""
        narrow = self.width() < _ICONS_ONLY_BELOW
        for name in _ICONS_ONLY:
            style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            self._buttons[name].setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else style)
        self._buttons["record"].setMinimumWidth(0 if narrow else self._widest_record())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._show_words()
        compact = self.width() < _COMPACT_BELOW
        if self.property("compact") != compact:
            self.setProperty("compact", compact)
            layout = self.layout()
            if layout is not None:
                layout.setSpacing(3 if compact else 6)
            for button in self._buttons.values():
                button.setProperty("compact", compact)
                button.style().unpolish(button)
                button.style().polish(button)
                button.updateGeometry()

    def _button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(self._actions[name])
        button.setAccessibleName(self._actions[name].text())
        button.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon if name in _ICONS else Qt.ToolButtonStyle.ToolButtonTextOnly
        )
        button.setIconSize(QSize(12, 12))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setProperty("compact", True)
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._buttons[name] = button
        return button

    def _add_hold_off_menu(self) -> None:
        menu = QMenu(self)
        for seconds in HOLD_OFF_S:
            action = menu.addAction(units.whole_duration(seconds))
            action.triggered.connect(partial(self._hold_off, str(seconds)))
        button = self._buttons["hold_off"]
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self._actions["hold_off"].triggered.connect(partial(self._hold_off, "10"))

    def _hold_off(self, seconds: str, checked: bool = False) -> None:
        self.hold_off.emit(seconds)

    def _restyle(self) -> None:
        for name, drawing in _ICONS.items():
            action: QAction = self._actions[name]
            action.setIcon(icon(drawing, self._look.color("text")))
