"""The menu of forced disconnects, made from the registry: groups, hints, arguments."""

import sys
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from wsmonitor.engine.disruptions import DISRUPTIONS
from wsmonitor.engine.disruptions.disruption import Disruption
from wsmonitor.facts.events import EVERYTHING, OFF
from wsmonitor.text import units

GROUPS = {
    "polite": "Polite: with a Close frame",
    "transport": "Transport: below WebSocket",
    "misbehave": "Misbehave: what broken clients do",
}
SECONDS = ("2", "5", "10", "30", "60", "300")
_BACK_HINT = "End every condition, and take back what waits for an opening"


class DisconnectMenu(QMenu):
    """`chosen` carries kind and argument; `words_wanted` asks for code and reason first."""

    chosen = Signal(str, str)
    words_wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        for group, title in GROUPS.items():
            entries = [entry for entry in DISRUPTIONS if entry.group == group]
            if entries:
                self.addAction(title).setEnabled(False)
                for entry in entries:
                    self._add(entry)
                self.addSeparator()
        normal = self.addAction(f"Back to normal\t{_BACK_HINT}")
        normal.setObjectName("disrupt_back_to_normal")
        normal.setToolTip(_BACK_HINT)
        normal.triggered.connect(self._back_to_normal)

    def _add(self, entry: Disruption) -> None:
        asks = entry.argument and not entry.choices and entry.argument != "seconds"
        label = f"    {entry.title}{' …' if asks else ''}\t{entry.hint}"
        if entry.choices:
            action = self._add_choices(label, entry, {choice: choice.replace("_", " ") for choice in entry.choices})
        elif entry.argument == "seconds":
            action = self._add_choices(label, entry, _durations(entry))
        else:
            action = self.addAction(label)
            action.triggered.connect(partial(self._start, entry, None))
        action.setObjectName(f"disrupt_{entry.kind}")
        action.setToolTip(entry.hint)
        if entry.platform and entry.platform != sys.platform:
            action.setEnabled(False)
            action.setToolTip(f"{entry.hint} (on {entry.platform} only)")

    def _add_choices(self, label: str, entry: Disruption, choices: dict[str, str]) -> QAction:
        menu = QMenu(label, self)
        for argument, text in choices.items():
            action = menu.addAction(text)
            action.setObjectName(f"disrupt_{entry.kind}_{argument}")
            action.triggered.connect(partial(self._start, entry, argument))
        return self.addMenu(menu)

    def _back_to_normal(self, checked: bool = False) -> None:
        self.chosen.emit(EVERYTHING, OFF)

    def _start(self, entry: Disruption, argument: str | None, checked: bool = False) -> None:
        if argument is None and entry.argument:
            self.words_wanted.emit(entry)
        else:
            self.chosen.emit(entry.kind, argument or "")


def _durations(entry: Disruption) -> dict[str, str]:
    choices = {seconds: f"for {units.whole_duration(int(seconds))}" for seconds in SECONDS}
    return choices | {"": "until resumed", OFF: "resume now"} if entry.is_condition else choices
