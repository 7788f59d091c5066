"""Connects the preferences with what they change."""

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.feed.notifications import Notifications
from wsmonitor.gui.look.moments import DISPLAYS
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.remembered import Settings
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.pages import Pages
from wsmonitor.gui.workspace.preferences import Preferences
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes


class PreferenceActions(QObject):
    """Keeps the preferences that are no widget's own, and the notifications they turn on."""

    def __init__(self, actions: Actions, controller: Controller, look: Look, pages: Pages, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller, self._look, self._pages, self._window = controller, look, pages, parent
        self.settings = Settings()
        self.notifications = Notifications(self._is_seen, self._codes_of, self)
        self.notifications.clicked.connect(self._bring_back)
        self._dialog: Preferences | None = None
        actions["preferences"].triggered.connect(self.ask)
        actions["times"].triggered.connect(self._next_times)

    def use(self, settings: Settings) -> None:
        """Take over what was kept of the last session."""
        self.settings = settings
        self.notifications.want(settings.notify, self._window.windowIcon())
        self._look.show_times(settings.times)

    def ask(self) -> None:
        """Open the dialog."""
        if self._dialog is None:
            self._dialog = Preferences(self._look, self._window)
            self._dialog.notify_wanted.connect(self._notify)
            self._dialog.reopen_wanted.connect(self._reopen)
        self._dialog.ask(notify=self.settings.notify, reopen=self.settings.reopen)

    def _next_times(self) -> None:
        self._look.show_times(self._look.moments.next_display())
        words = dict(DISPLAYS)[self._look.moments.display]
        self._pages.say(f"Times are shown as {words}")

    def _notify(self, wanted: bool) -> None:
        self.settings = replace(self.settings, notify=wanted)
        self.notifications.want(wanted, self._window.windowIcon())

    def _codes_of(self, endpoint: str) -> CloseCodes:
        config = self._controller.config(endpoint)
        return EVERYBODYS if config is None else config.codes

    def _reopen(self, wanted: bool) -> None:
        self.settings = replace(self.settings, reopen=wanted)

    def _bring_back(self) -> None:
        """Who clicks on a notification wants to see what it is about."""
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()

    def _is_seen(self) -> bool:
        window = self._window
        return window.isVisible() and not window.isMinimized() and window.isActiveWindow()
