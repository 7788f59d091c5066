"""Notifications of the desktop while nobody looks at the window: of drops where that was asked for, of alerts."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from wsmonitor.facts.events import AnyEvent, ConnectionClosed
from wsmonitor.tables.known_codes import CloseCodes
from wsmonitor.text.plain_text import visible
from wsmonitor.text.wording.closure_words import closure_words

_GATHER_MS = 1_000
"""Drops of one moment are one notification."""
_SHOWN_MS = 8_000
_NAMED = 3

Say = Callable[[str, str], None]


class Notifications(QObject):
    """Hears events; says what dropped unless the window `is_seen`. `say` takes a title and a text.

    The icon in the tray is there only while drops or alerts are to be told.
    """

    clicked = Signal()
    """The notification was, or the icon in the tray."""

    def __init__(
        self,
        is_seen: Callable[[], bool],
        codes_of: Callable[[str], CloseCodes],
        parent: QObject,
        *,
        say: Say | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_seen = is_seen
        self._say = say
        self._is_wanted = self._has_alerts = False
        self._tray: QSystemTrayIcon | None = None
        self._dropped: dict[str, str] = {}
        self._codes_of = codes_of
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_GATHER_MS)
        self._timer.timeout.connect(self.tell)

    @staticmethod
    def is_possible() -> bool:
        """Whether this desktop has a place for notifications."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def want(self, drops: bool, icon: QIcon) -> None:
        """Tell of drops from now on, or no longer."""
        self._is_wanted = drops
        if not drops:
            self._timer.stop()
            self._dropped.clear()
        self._show_icon(icon)

    def want_alerts(self, wanted: bool, icon: QIcon) -> None:
        """Be ready to tell of alerts."""
        self._has_alerts = wanted
        self._show_icon(icon)

    def tell_alert(self, title: str, text: str, *, even_if_seen: bool = False) -> None:
        """Tell of alerts, one a line."""
        if even_if_seen or not self._is_seen():
            self._tell(_words(title, 80), "\n".join(_words(line, 200) for line in text.splitlines()))

    def hear(self, events: Iterable[AnyEvent]) -> None:
        """What came; ends that we forced or asked for are nobody's surprise."""
        if not self._is_wanted or self._is_seen():
            return
        for event in events:
            if isinstance(event, ConnectionClosed) and not event.verdict.is_ours:
                self._dropped[event.endpoint] = closure_words(event.verdict, self._codes_of(event.endpoint))
        if self._dropped and not self._timer.isActive():
            self._timer.start()

    def tell(self) -> None:
        """Say what has dropped since the last time."""
        dropped, self._dropped = self._dropped, {}
        if not dropped or self._is_seen():
            return
        lines = [f"{_words(name, 60)}: {_words(how, 120)}" for name, how in list(dropped.items())[:_NAMED]]
        if len(dropped) > _NAMED:
            lines.append(f"and {len(dropped) - _NAMED} more")
        title = f"{len(dropped)} connections dropped" if len(dropped) > 1 else "A connection dropped"
        self._tell(title, "\n".join(lines))

    def stop(self) -> None:
        """No notification from here on."""
        self._timer.stop()
        self._dropped.clear()
        self._is_wanted = self._has_alerts = False
        self._show_icon(QIcon())

    def _tell(self, title: str, text: str) -> None:
        if self._say is not None:
            self._say(title, text)
        elif self._tray is not None:
            self._tray.showMessage(title, text, self._tray.icon(), _SHOWN_MS)

    def _show_icon(self, icon: QIcon) -> None:
        wanted = self._is_wanted or self._has_alerts
        if wanted and self._say is None and self._tray is None and self.is_possible():
            self._tray = QSystemTrayIcon(icon, self)
            self._tray.setToolTip("wsmonitor tells when connections drop")
            self._tray.activated.connect(self._activated)
            self._tray.messageClicked.connect(self.clicked)
            self._tray.show()
        elif not wanted and self._tray is not None:
            self._tray.hide()
            self._tray.deleteLater()
            self._tray = None

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self.clicked.emit()


def _words(text: str, length: int) -> str:
    """Plain text also where a desktop takes `<b>` or `<img>` for markup: angle quotes stand for brackets."""
    return visible(text, length).translate({ord("<"): "\u2039", ord(">"): "\u203a"})
