"""Preferences: few, and each takes effect at once."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFormLayout, QLabel, QPushButton, QWidget

from wsmonitor.gui.feed.notifications import Notifications
from wsmonitor.gui.look.layouts import in_row
from wsmonitor.gui.look.moments import DISPLAYS
from wsmonitor.gui.look.theme import Look, ThemeChoice

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
        self.theme = QComboBox(self)
        self.theme.setAccessibleName("Theme")
        self.theme.view().setAccessibleName("Theme: choices")
        for choice, text in _THEMES:
            self.theme.addItem(text, choice)
        self.times = QComboBox(self)
        self.times.setAccessibleName("Times")
        self.times.view().setAccessibleName("Times: choices")
        self.times.setToolTip("On the axis, at the cursor, in tables and in copied reports")
        for display, text in DISPLAYS:
            self.times.addItem(text, display)
        self.notify = QCheckBox("tell me when connections drop while the window is in the background", self)
        self.reopen = QCheckBox("open the last workspace at the start", self)
        close = QPushButton("Close", self)
        close.setObjectName("primary")
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
