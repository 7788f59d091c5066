""" "What does this mean?" by Shift+F1 and by the right mouse button; keys, commands, the About box."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QMenu, QWidget

from wsmonitor.gui.endpoints.columns import TITLES
from wsmonitor.gui.findings.finding_card import FindingCard
from wsmonitor.gui.groups.together import view_of
from wsmonitor.gui.help.about import AboutDialog
from wsmonitor.gui.help.explanation import ExplanationPopover
from wsmonitor.gui.help.explanations import Explanation, explain_ending, explain_finding, explain_state
from wsmonitor.gui.help.keys import KeysDialog
from wsmonitor.gui.help.palette import CommandPalette
from wsmonitor.gui.tables.closure_model import event_of
from wsmonitor.gui.tables.copies import Copies, endpoint_copies, event_copies
from wsmonitor.gui.tables.log_tab import LogTab
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.toolbar import Toolbar
from wsmonitor.settings.endpoint_settings import EndpointConfig

Source = Callable[[QPoint], Explanation | None]
"""What a point of a widget is about."""
CopySource = Callable[[QPoint], Copies]
"""What can be copied of a point of a widget."""
ConfigOf = Callable[[str], EndpointConfig | None]
_CLOSURE_MENU = ("lens", "save_clip", "next_closure", "previous_closure")
_ENDPOINT_MENU = ("connect", "stop", "edit", "remove")


class HelpActions(QObject):
    """Finds out what is meant: the focused finding or closure, else the state of the endpoint."""

    def __init__(
        self, actions: Actions, toolbar: Toolbar, monitor: MonitorView, config_of: ConfigOf, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._monitor, self._window, self._config_of = monitor, parent, config_of
        self.popover = ExplanationPopover(parent)
        self.about = AboutDialog(parent)
        self._palette = CommandPalette(actions, toolbar, parent)
        self._keys = KeysDialog(parent)
        actions["palette"].triggered.connect(self._palette.ask)
        actions["keys"].triggered.connect(self._keys.open)
        actions["explain"].triggered.connect(self.explain)
        actions["about"].triggered.connect(self.about.ask)
        tabs = self._monitor.tabs
        self._menu_on(monitor.table, [actions[name] for name in _ENDPOINT_MENU], self._state, self._endpoint_copies)
        closures = [actions[name] for name in _CLOSURE_MENU]
        self._menu_on(tabs.closures.table, closures, self._closure, self._closure_copies)
        for tab in (tabs.events, tabs.messages):
            self._menu_on(tab.table, [], _nothing, partial(self._log_copies, tab))
        self._menu_on(monitor.findings, [], self._finding, _no_copies)

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

    def _menu_on(self, area: QAbstractScrollArea, actions: list[QAction], source: Source, copies: CopySource) -> None:
        """On the area itself: events of its viewport come to it, and the viewport's own policy is never asked."""
        area.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        area.customContextMenuRequested.connect(partial(self._open_menu, area, actions, source, copies))

    def _open_menu(
        self, area: QAbstractScrollArea, actions: list[QAction], source: Source, copies: CopySource, at: QPoint
    ) -> None:
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
        if found := copies(at):
            submenu = menu.addMenu("Copy as")
            submenu.menuAction().setObjectName("copy_as")
            for title, text in found:
                submenu.addAction(title).triggered.connect(partial(self._copy, text))
        if menu.actions():
            menu.popup(where)

    def _copy(self, text: str, checked: bool = False) -> None:
        QGuiApplication.clipboard().setText(text)

    def _endpoint_copies(self, at: QPoint) -> Copies:
        table = self._monitor.table
        index = table.indexAt(at)
        view = table.view_at(index.row())
        if view is None:
            return []
        row = [(title, str(index.siblingAtColumn(column).data())) for column, title in enumerate(TITLES)]
        return endpoint_copies(self._config_of(view.name), view.url, row)

    def _closure_copies(self, at: QPoint) -> Copies:
        tab, snapshot = self._monitor.tabs.closures, self._monitor.snapshot
        index = tab.table.indexAt(at)
        ended = tab.model.ended(index.row())
        if ended is None or snapshot is None:
            return []
        return event_copies(event_of(ended), _cells(index), snapshot)

    def _log_copies(self, tab: LogTab, at: QPoint) -> Copies:
        index, snapshot = tab.table.indexAt(at), self._monitor.snapshot
        row = tab.model.log_row(index.row())
        return [] if row is None or snapshot is None else event_copies(row.event, _cells(index), snapshot)

    def _explain_at(self, explanation: Explanation, at: QPoint, checked: bool = False) -> None:
        self.popover.explain(explanation, at)

    def _state(self, at: QPoint) -> Explanation | None:
        snapshot, key = self._monitor.snapshot, self._monitor.table.current_key()
        if snapshot is None:
            return None
        view = view_of(key, snapshot)
        return None if view is None else explain_state(view, snapshot.at_ns)

    def _closure(self, at: QPoint) -> Explanation | None:
        tab = self._monitor.tabs.closures
        index = tab.table.currentIndex() if at.isNull() else tab.table.indexAt(at)
        ended, snapshot = tab.model.ended(index.row()), self._monitor.snapshot
        return None if ended is None or snapshot is None else explain_ending(ended, snapshot)

    def _finding(self, at: QPoint) -> Explanation | None:
        card = _card_of(self._monitor.findings.childAt(at))
        return None if card is None or card.finding is None else explain_finding(card.finding)


def _nothing(at: QPoint) -> Explanation | None:
    return None


def _no_copies(at: QPoint) -> Copies:
    return []


def _cells(index: QModelIndex) -> list[str]:
    """The texts of a row, from left to right."""
    return [str(index.siblingAtColumn(column).data() or "") for column in range(index.model().columnCount())]


def _card_of(widget: QWidget | None) -> FindingCard | None:
    while widget is not None and not isinstance(widget, FindingCard):
        widget = widget.parentWidget()
    return widget
