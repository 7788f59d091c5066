"""Does what an alert rule says: a notification, the bell, its program; and a notice in the window in any case."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from wsmonitor.alerts.programs import Programs
from wsmonitor.facts.events import AlertChanged
from wsmonitor.gui.feed.notifications import Notifications
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.text.plain_text import visible

_NAMED = 3
_QUIT_S = 0.3


class Announcer(QObject):
    """Never waits: programs run from a thread of their own."""

    said, complained = Signal(str), Signal(str)
    """What is over, or fine; what was raised, or did not work, also from that thread."""

    def __init__(self, notifications: Notifications, parent: QWidget) -> None:
        super().__init__(parent)
        self._notifications = notifications
        self._programs = Programs(complain=self.complained.emit)

    def say(self, changes: Sequence[AlertChanged]) -> None:
        """Put it into words for the window."""
        lines = [_line(one) for one in changes[:_NAMED]]
        if len(changes) > _NAMED:
            lines.append(f"and {len(changes) - _NAMED:,} more: see Events")
        signal = self.complained if any(one.raised for one in changes) else self.said
        signal.emit(" · ".join(lines))

    def carry_out(
        self, rule: AlertRule, told: Sequence[AlertChanged], *, run_in: Path | None, is_trial: bool = False
    ) -> None:
        """Tell what was raised, or is over, as `rule` says; its program runs in the folder `run_in`, if at all."""
        if rule.notify:
            named = [f"{one.endpoint}: {one.text}" for one in told[:_NAMED]]
            more = [f"and {len(told) - _NAMED:,} more"] if len(told) > _NAMED else []
            over = "" if told[0].raised else " is over"
            self._notifications.tell_alert(f"{rule.name}{over}", "\n".join([*named, *more]), even_if_seen=is_trial)
        if rule.sound:
            QApplication.beep()
        if rule.command and run_in is not None:
            self._programs.run(rule, told, run_in)

    def close(self) -> None:
        """Programs end."""
        self._programs.close(_QUIT_S)


def _line(change: AlertChanged) -> str:
    over = "" if change.raised else " is over"
    return f"Alert {visible(change.rule, 60)}{over}: {visible(change.endpoint, 40)}, {visible(change.text, 200)}"
