""" "What does this mean?" by Shift+F1 and by the right mouse button; keys, commands, the About box."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QMenu, QWidget

from wsmonitor.gui.findings.finding_card import FindingCard
from wsmonitor.gui.help.about import AboutDialog
from wsmonitor.gui.help.explanation import ExplanationPopover
from wsmonitor.gui.help.explanations import Explanation, explain_ending, explain_finding, explain_state
from wsmonitor.gui.help.keys import KeysDialog
from wsmonitor.gui.help.palette import CommandPalette
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.toolbar import Toolbar

Source = Callable[[QPoint], Explanation | None]
"""What a point of a widget is about."""
_CLOSURE_MENU = ("save_clip", "next_closure", "previous_closure")
_ENDPOINT_MENU = ("connect", "stop", "edit", "remove")


class HelpActions(QObject):
    """Finds out what is meant: the focused finding or closure, else the state of the endpoint."""

    def __init__(self, actions: Actions, toolbar: Toolbar, monitor: MonitorView, parent: QWidget) -> None:
        super().__init__(parent)
        self._monitor, self._window = monitor, parent
        self.popover = ExplanationPopover(parent)
        self.about = AboutDialog(parent)
        self._palette = CommandPalette(actions, toolbar, parent)
        self._keys = KeysDialog(parent)
        actions["palette"].triggered.connect(self._palette.ask)
        actions["keys"].triggered.connect(self._keys.open)
        actions["explain"].triggered.connect(self.explain)
        actions["about"].triggered.connect(self.about.ask)
        closures = self._monitor.tabs.closures.table
        self._menu_on(self._monitor.table, [actions[name] for name in _ENDPOINT_MENU], self._state)
        self._menu_on(closures, [actions[name] for name in _CLOSURE_MENU], self._closure)
        self._menu_on(self._monitor.findings, [], self._finding)

    def explain(self) -> None:
        """Explain what has the focus."""
        focused = QApplication.focusWidget()
        card = _card_of(focused)
        explanation: Explanation | None = None
        anchor: QWidget = self._monitor.table
        if card is not None and card.finding is not None:
            explanation, anchor = explain_finding(card.finding), card
        elif focused is self._monitor.tabs.closures.table:
            explanation, anchor = self._closure(QPoint()), focused
        if explanation is None:
            explanation, anchor = self._state(QPoint()), self._monitor.table
        if explanation is not None:
            self.popover.explain(explanation, anchor.mapToGlobal(QPoint(20, 30)))

    def _menu_on(self, area: QAbstractScrollArea, actions: list[QAction], source: Source) -> None:
        """On the area itself: events of its viewport come to it, and the viewport's own policy is never asked."""
        area.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        area.customContextMenuRequested.connect(partial(self._open_menu, area, actions, source))

    def _open_menu(self, area: QAbstractScrollArea, actions: list[QAction], source: Source, at: QPoint) -> None:
        explanation = source(at)
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        where = area.viewport().mapToGlobal(at)
        if explanation is not None:
            meaning = menu.addAction("What does this mean?")
            meaning.setObjectName("meaning")
            meaning.triggered.connect(partial(self._explain_at, explanation, where))
            menu.addSeparator()
        menu.addActions(actions)
        if menu.actions():
            menu.popup(where)

    def _explain_at(self, explanation: Explanation, at: QPoint, checked: bool = False) -> None:
        self.popover.explain(explanation, at)

    def _state(self, at: QPoint) -> Explanation | None:
        snapshot, key = self._monitor.snapshot, self._monitor.table.current_key()
        if snapshot is None:
            return None
        view = next((view for view in snapshot.endpoints if view.key == key), None)
        return None if view is None else explain_state(view, snapshot.at_ns)

    def _closure(self, at: QPoint) -> Explanation | None:
        tab = self._monitor.tabs.closures
        index = tab.table.currentIndex() if at.isNull() else tab.table.indexAt(at)
        ended, snapshot = tab.model.ended(index.row()), self._monitor.snapshot
        return None if ended is None or snapshot is None else explain_ending(ended, snapshot)

    def _finding(self, at: QPoint) -> Explanation | None:
        card = _card_of(self._monitor.findings.childAt(at))
        return None if card is None or card.finding is None else explain_finding(card.finding)


def _card_of(widget: QWidget | None) -> FindingCard | None:
    while widget is not None and not isinstance(widget, FindingCard):
        widget = widget.parentWidget()
    return widget
