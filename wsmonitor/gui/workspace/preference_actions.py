"""Connects the preferences with what they change."""

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFormLayout, QLabel, QPushButton, QWidget

from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.feed.notifications import Notifications
from wsmonitor.gui.look.labels import described
from wsmonitor.gui.look.layouts import in_row
from wsmonitor.gui.look.moments import DISPLAYS
from wsmonitor.gui.look.theme import Look, ThemeChoice
from wsmonitor.gui.start.remembered import Settings
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.pages import Pages
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes

_THEMES: tuple[tuple[ThemeChoice, str], ...] = (
    ("system", "as the system has it"),
    ("dark", "dark"),
    ("light", "light"),
)


class Preferences(QDialog):
    """`notify_wanted` and `reopen_wanted` carry what was ticked; theme and times change by themselves."""

    notify_wanted = Signal(bool)
    reopen_wanted = Signal(bool)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setWindowTitle("Preferences")
        self.theme = described(QComboBox(self), says="Theme")
        self.theme.view().setAccessibleName("Theme: choices")
        for choice, text in _THEMES:
            self.theme.addItem(text, choice)
        self.times = described(QComboBox(self), says="Times")
        self.times.view().setAccessibleName("Times: choices")
        self.times.setToolTip("On the axis, at the cursor, in tables and in copied reports")
        for display, text in DISPLAYS:
            self.times.addItem(text, display)
        self.notify = QCheckBox("tell me when connections drop while the window is in the background", self)
        self.reopen = QCheckBox("open the last workspace at the start", self)
        close = described(QPushButton("Close", self), look="primary")
        form = QFormLayout(self)
        form.setContentsMargins(16, 14, 16, 14)
        form.setVerticalSpacing(10)
        form.addRow("Theme", self.theme)
        form.addRow("Times", self.times)
        form.addRow("Notifications", self.notify)
        if not Notifications.is_possible():
            self.notify.setEnabled(False)
            note = QLabel("This desktop has no place for notifications (no system tray).", self)
            note.setObjectName("muted")
            form.addRow("", note)
        form.addRow("Workspace", self.reopen)
        row = in_row(..., close)
        form.addRow("", row)
        self.theme.activated.connect(self._theme_chosen)
        self.times.activated.connect(self._times_chosen)
        self.notify.toggled.connect(self.notify_wanted)
        self.reopen.toggled.connect(self.reopen_wanted)
        close.clicked.connect(self.accept)

    def ask(self, *, notify: bool, reopen: bool) -> None:
        """Open with these settings; theme and times are those in use."""
        self.theme.setCurrentIndex(self.theme.findData(self._look.choice))
        self.times.setCurrentIndex(self.times.findData(self._look.moments.display))
        for box, ticked in ((self.notify, notify), (self.reopen, reopen)):
            box.blockSignals(True)
            box.setChecked(ticked)
            box.blockSignals(False)
        self.open()

    def _theme_chosen(self) -> None:
        self._look.choose(self.theme.currentData())

    def _times_chosen(self) -> None:
        self._look.show_times(self.times.currentData())


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
