"""The theme in use, its fonts, and how times read."""

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from wsmonitor.gui.look.colors import DARK, LIGHT, Theme
from wsmonitor.gui.look.moments import Moments, TimeDisplay
from wsmonitor.gui.look.stylesheet import stylesheet

ThemeChoice = Literal["system", "dark", "light"]


class Look(QObject):
    """The theme, the fonts and how times read; `changed` says that everything painted by hand must be repainted."""

    changed = Signal()

    def __init__(
        self, choice: ThemeChoice = "system", parent: QObject | None = None, *, for_now: ThemeChoice | None = None
    ) -> None:
        """`for_now` holds instead of `choice` until another is chosen."""
        super().__init__(parent)
        self._choice: ThemeChoice = choice
        self._for_now = for_now
        self.moments = Moments()
        """How times read; change it with `show_times`."""
        self.theme = _theme_for(self._shown)
        self.font = QFont(QApplication.font())
        self.small = _scaled(self.font, 0.9)
        self.bold = QFont(self.font)
        self.bold.setWeight(QFont.Weight.DemiBold)
        self.mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self.mono.setPointSizeF(self.font.pointSizeF())
        self.mono_small = _scaled(self.mono, 0.9)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    @property
    def choice(self) -> ThemeChoice:
        """What the user chose to keep."""
        return self._choice

    @property
    def _shown(self) -> ThemeChoice:
        return self._for_now or self._choice

    def choose(self, choice: ThemeChoice) -> None:
        """Use this theme from now on."""
        self._choice, self._for_now = choice, None
        self._use(_theme_for(choice))

    def toggle(self) -> None:
        """From dark to light and back."""
        self.choose("light" if self.theme.name == "dark" else "dark")

    def show_times(self, display: TimeDisplay) -> None:
        """Let times read like this from now on, everywhere."""
        if display != self.moments.display:
            self.moments.display = display
            self.changed.emit()

    def apply(self) -> None:
        """Give the application the theme's palette and style sheet."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(_palette(self.theme))
            application.setStyleSheet(stylesheet(self.theme))

    def color(self, purpose: str) -> QColor:
        """The colour of a purpose of `Theme`."""
        return QColor(getattr(self.theme, purpose))

    def _system_changed(self) -> None:
        if self._shown == "system":
            self._use(_theme_for("system"))

    def _use(self, theme: Theme) -> None:
        if theme is self.theme:
            return
        self.theme = theme
        self.apply()
        self.changed.emit()


def _theme_for(choice: ThemeChoice) -> Theme:
    if choice == "system":
        # An unknown scheme (a bare X server, the offscreen platform) gets the dark one.
        return LIGHT if QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Light else DARK
    return LIGHT if choice == "light" else DARK


def _scaled(font: QFont, factor: float) -> QFont:
    scaled = QFont(font)
    scaled.setPointSizeF(font.pointSizeF() * factor)
    return scaled


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    for role, color in (
        (QPalette.ColorRole.Window, theme.window),
        (QPalette.ColorRole.WindowText, theme.text),
        (QPalette.ColorRole.Base, theme.plot),
        (QPalette.ColorRole.AlternateBase, theme.panel),
        (QPalette.ColorRole.Text, theme.text),
        (QPalette.ColorRole.Button, theme.raised),
        (QPalette.ColorRole.ButtonText, theme.text),
        (QPalette.ColorRole.Highlight, theme.accent),
        (QPalette.ColorRole.HighlightedText, theme.text),
        (QPalette.ColorRole.ToolTipBase, theme.raised),
        (QPalette.ColorRole.ToolTipText, theme.text),
        (QPalette.ColorRole.PlaceholderText, theme.muted),
        (QPalette.ColorRole.Link, theme.rtt_ws),
    ):
        palette.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return palette
