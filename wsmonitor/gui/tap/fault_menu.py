"""The part "On the way" of the menu of forced disconnects: the faults of a tap, each with what it does now."""

import sys
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from wsmonitor.analysis.endpoints.tap_fold import FaultOn
from wsmonitor.facts.events import EVERYTHING, OFF
from wsmonitor.settings.tap_faults import FAULTS, FaultKind

_TITLE = "On the way: between your client and the server"
_BACK_HINT = "Switch every fault off, for the client that is selected or for the whole tap"
_FOR_ALL = "Who comes next is not known: openings are kept away for all clients only"


class FaultMenu(QObject):
    """Grows at the end of `menu`; `chosen` carries kind and argument, `words_wanted` a `FaultKind`.

    Where one client is selected, faults are for that one, unless all are chosen.
    """

    chosen = Signal(str, str)
    words_wanted = Signal(object)

    def __init__(self, menu: QMenu) -> None:
        super().__init__(menu)
        self._others = list(menu.actions())
        self._own: list[QAction] = [menu.addAction(_TITLE)]
        self._own[0].setEnabled(False)
        self.to_one, self.to_all = menu.addAction(""), menu.addAction("    To all clients of the tap")
        self._whom = QActionGroup(self)
        for action in (self.to_one, self.to_all):
            action.setCheckable(True)
            self._whom.addAction(action)
        self.to_all.setChecked(True)
        self._entries: dict[str, tuple[FaultKind, QAction, QAction | None]] = {}
        for kind in FAULTS:
            self._add(kind, menu)
        self._own.append(menu.addSeparator())
        self.back = menu.addAction(f"Back to normal\t{_BACK_HINT}")
        self.back.setObjectName("fault_back_to_normal")
        self.back.setToolTip(_BACK_HINT)
        self.back.triggered.connect(partial(self._choose, EVERYTHING, OFF))
        self._own.append(self.back)

    def choose_client(self, client: str) -> None:
        """One client is selected, which is called so; or, where that is empty, a tap as a whole."""
        self.to_one.setText(f"    To {client} only".replace("&", "&&"))
        (self.to_one if client else self.to_all).setChecked(True)
        for action in (self.to_one, self.to_all):
            action.setEnabled(bool(client))

    @property
    def is_for_one(self) -> bool:
        """Whether what is chosen is for the selected client alone."""
        return self.to_one.isChecked()

    def show_for(self, *, taps: bool, others: bool, faults: Sequence[FaultOn]) -> None:
        """Offer what the selected rows can do; `faults` are on at the tap, or also at the client, that is looked at."""
        for action in self._others:
            action.setVisible(others or not taps)
        for action in self._own:
            action.setVisible(taps)
        for action in (self.to_one, self.to_all):
            action.setVisible(taps and self.to_one.isEnabled())
        on = {one.kind: one for one in faults if (one.slot is not None) is self.is_for_one}
        for name, (kind, action, off) in self._entries.items():
            now = on.get(name)
            action.setText(_label(kind, now))
            if off is not None:
                off.setEnabled(now is not None)
            if kind.acts_on == "openings":
                action.setEnabled(not self.is_for_one)
                action.setToolTip(_FOR_ALL if self.is_for_one else kind.hint)
        self.back.setEnabled(bool(faults))

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


_SIDES: dict[str, tuple[tuple[str, str], ...]] = {
    "directions": (("", "both ways"), ("up", "from your client"), ("down", "from the server")),
    "legs": (("both", "both sides"), ("client", "your client's side"), ("server", "the server's side")),
}


def choices(kind: FaultKind) -> dict[str, str]:
    """Argument -> words, in the order of the menu."""
    sides: tuple[tuple[str, str], ...] = (("", "on" if kind.lasts else "now"),)
    if kind.acts_on in ("bytes", "frames"):
        sides = _SIDES["directions"]
    elif kind.acts_on == "legs":
        sides = _SIDES["legs"]
    found = {
        ",".join(filter(None, (kind.default, side))): " · ".join(filter(None, (kind.default, words)))
        for side, words in sides
    }
    if kind.example:
        found.setdefault(kind.example, kind.example)
    return found


def takes_words(kind: FaultKind) -> bool:
    """Whether there is more to say of it than what the menu offers."""
    return bool(kind.example or kind.default)
