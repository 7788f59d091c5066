"""The part "On the way" of the menu of forced disconnects: the faults of a tap, each with what it does now."""

import sys
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from wsmonitor.analysis.endpoints.tap_fold import FaultOn
from wsmonitor.gui.tap.fault_choices import choices, takes_words
from wsmonitor.settings.tap_faults import EVERYTHING, FAULTS, OFF, FaultKind

_TITLE = "On the way: between your client and the server"
_BACK_HINT = "Switch every fault of the tap off"


class FaultMenu(QObject):
    """Grows at the end of `menu`; `chosen` carries kind and argument, `words_wanted` a `FaultKind`."""

    chosen = Signal(str, str)
    words_wanted = Signal(object)

    def __init__(self, menu: QMenu) -> None:
        super().__init__(menu)
        self._others = list(menu.actions())
        self._own: list[QAction] = [menu.addAction(_TITLE)]
        self._own[0].setEnabled(False)
        self._entries: dict[str, tuple[FaultKind, QAction, QAction | None]] = {}
        for kind in FAULTS:
            self._add(kind, menu)
        self._own.append(menu.addSeparator())
        self.back = menu.addAction(f"Back to normal\t{_BACK_HINT}")
        self.back.setObjectName("fault_back_to_normal")
        self.back.setToolTip(_BACK_HINT)
        self.back.triggered.connect(partial(self._choose, EVERYTHING, OFF))
        self._own.append(self.back)

    def show_for(self, *, taps: bool, others: bool, faults: Sequence[FaultOn]) -> None:
        """Offer what the selected rows can do; `faults` are on at the tap that is looked at."""
        for action in self._others:
            action.setVisible(others or not taps)
        for action in self._own:
            action.setVisible(taps)
        on = {one.kind: one for one in faults}
        for name, (kind, action, off) in self._entries.items():
            now = on.get(name)
            action.setText(_label(kind, now))
            if off is not None:
                off.setEnabled(now is not None)
        self.back.setEnabled(bool(on))

    def _add(self, kind: FaultKind, menu: QMenu) -> None:
        sub = QMenu(_label(kind, None), menu)
        for argument, words in choices(kind).items():
            action = sub.addAction(words)
            action.setObjectName(f"fault_{kind.kind}_{argument}")
            action.triggered.connect(partial(self._choose, kind.kind, argument))
        if takes_words(kind):
            sub.addAction("Other …").triggered.connect(partial(self._ask, kind))
        off: QAction | None = None
        if kind.lasts:
            sub.addSeparator()
            off = sub.addAction("Off")
            off.setObjectName(f"fault_{kind.kind}_off")
            off.triggered.connect(partial(self._choose, kind.kind, OFF))
        action = menu.addMenu(sub)
        action.setObjectName(f"fault_{kind.kind}")
        action.setToolTip(kind.hint)
        if kind.is_linux and sys.platform != "linux":
            action.setEnabled(False)
            action.setToolTip(f"{kind.hint} (on Linux only)")
        self._own.append(action)
        self._entries[kind.kind] = (kind, action, off)

    def _choose(self, kind: str, argument: str, checked: bool = False) -> None:
        self.chosen.emit(kind, argument)

    def _ask(self, kind: FaultKind, checked: bool = False) -> None:
        self.words_wanted.emit(kind)


def _label(kind: FaultKind, now: FaultOn | None) -> str:
    """The mark, not only a colour, says that it is on."""
    state = "" if now is None else f": on{f', {now.argument}' if now.argument else ''}"
    text = f"{'●' if now is not None else '   '} {kind.title}{state}".replace("&", "&&")
    return f"{text}\t{kind.hint}"
