"""The main window: toolbar, empty state or panels, status bar; connects actions with what they do."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from wsmonitor.analysis.snapshot import Closure, Snapshot
from wsmonitor.gui.actions import Actions
from wsmonitor.gui.controller import Controller
from wsmonitor.gui.dialogs.graceful_close import GracefulClose
from wsmonitor.gui.dialogs.keys import KeysDialog
from wsmonitor.gui.dialogs.palette import CommandPalette
from wsmonitor.gui.endpoint_actions import EndpointActions
from wsmonitor.gui.finding_actions import FindingActions
from wsmonitor.gui.frame_meter import FrameMeter
from wsmonitor.gui.help_actions import HelpActions
from wsmonitor.gui.keys import SpacePressesButtons
from wsmonitor.gui.lab_actions import LabActions
from wsmonitor.gui.main_menu import MainMenu
from wsmonitor.gui.panels.empty_state import EmptyState
from wsmonitor.gui.panels.monitor_view import MonitorView
from wsmonitor.gui.panels.status_bar import StatusBar
from wsmonitor.gui.panels.toolbar import Toolbar
from wsmonitor.gui.parts import Parts
from wsmonitor.gui.preference_actions import PreferenceActions
from wsmonitor.gui.settings import Settings
from wsmonitor.gui.snippet_actions import SnippetActions
from wsmonitor.gui.theme import Look
from wsmonitor.gui.view_actions import ViewActions
from wsmonitor.gui.workspace_actions import WorkspaceActions
from wsmonitor.plain_text import visible

if TYPE_CHECKING:
    from wsmonitor.engine.disruptions.disruption import Disruption


class Window(QMainWindow):
    """Takes snapshots and shows them; what the user wants goes to the controller."""

    closed = Signal()
    first_painted = Signal()

    def __init__(self, controller: Controller, parts: Parts, look: Look) -> None:
        super().__init__()
        self.setWindowTitle("wsmonitor")
        self.setMinimumSize(900, 560)
        self.controller = controller
        self.meter = FrameMeter()
        self.actions_table = Actions(self)
        self.toolbar = Toolbar(self.actions_table, parts.disruptions, look, self)
        self.empty = EmptyState(self)
        self.monitor = MonitorView(parts, look, self)
        self.status = StatusBar(self.meter, self)
        self._look = look
        self._graceful_close = GracefulClose(self)
        self._keys = KeysDialog(self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.monitor)
        self._was_painted = self._may_close = self._shows_recording = False
        self.before_close: list[Callable[[], bool]] = []
        """Each says whether the window may close now, or asks the user and closes it later."""
        self.open_recording: Callable[[Path], None] = self._cannot_open
        """Shows a recording instead of what is live; the session puts in what does so."""
        self._lay_out()
        self._view_actions = ViewActions(self.actions_table, self.toolbar, self.monitor, self)
        self._lab_actions = LabActions(self)
        self.endpoint_actions = EndpointActions(self, look)
        self.workspace_actions = WorkspaceActions(self)
        self.snippet_actions = SnippetActions(self)
        self.preferences = PreferenceActions(self, look)
        self.menu = MainMenu(self, self.workspace_actions.recent_menu)
        self._finding_actions = FindingActions(self, look.moments)
        self.help = HelpActions(self)
        menus = {name: self.toolbar.button(name).menu() for name in ("disconnect", "lab")}
        for name in ("record", "export", "save_clip", "open_recording", "play"):
            self.actions_table[name].setEnabled(False)  # until a session says what they do
        self._palette = CommandPalette(self.actions_table, menus, self)
        SpacePressesButtons(self)
        self._connect()
        self._show_page()

    @property
    def is_watched(self) -> bool:
        """True while there is anything to paint for."""
        return self.isVisible() and not self.isMinimized()

    def resize_to(self, width: int, height: int) -> None:
        """Take this size, or as much of it as a real screen has room for."""
        if QGuiApplication.platformName() not in ("offscreen", "minimal"):
            room = self.screen().availableGeometry()
            width, height = min(width, room.width()), min(height, room.height())
        self.resize(width, height)

    def settings(self) -> Settings:
        """What to remember of this window."""
        return Settings(
            theme=self._look.choice,
            times=self._look.moments.display,
            geometry=bytes(self.saveGeometry().data()),
            splitters=self.monitor.save_splitters(),
            recent=self.workspace_actions.workspaces.recent,
            hints_seen=self.monitor.hints.is_seen,
            notify=self.preferences.settings.notify,
            reopen=self.preferences.settings.reopen,
        )

    def restore(self, settings: Settings) -> None:
        """Take sizes and places of the last session."""
        if settings.geometry:
            self.restoreGeometry(QByteArray(settings.geometry))
        self.monitor.restore_splitters(settings.splitters)
        self.workspace_actions.use_recent(settings.recent)
        self.preferences.use(settings)

    def show_endpoint(self, name: str) -> None:
        """Select an endpoint, as soon as it is there."""
        self.monitor.table.select((name, 0))

    def show_snapshot(self, snapshot: Snapshot, fresh: bool = True) -> None:
        """Show what is known now; `fresh` says that something came since the last snapshot."""
        started = time.perf_counter()
        if snapshot.endpoints:
            self.monitor.show_snapshot(snapshot, fresh=fresh)
            self._view_actions.show_state()
        self.status.show_snapshot(snapshot)
        self._show_probe(snapshot)
        self.meter.work(time.perf_counter() - started)

    def event(self, event: QEvent) -> bool:
        """Measure painting: all widgets of a window are painted within one update request."""
        if event.type() is not QEvent.Type.UpdateRequest:
            return super().event(event)
        started = time.perf_counter()
        done = super().event(event)
        self.meter.painted(time.perf_counter() - started)
        return done

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self._after_first_paint)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            self.actions_table["full_screen"].setChecked(self.isFullScreen())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        if self.workspace_actions.accepts(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        event.acceptProposedAction()
        self.workspace_actions.drop(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        if not all(ask() for ask in self.before_close):
            event.ignore()
            return
        if self.workspace_actions.workspaces.is_changed and not self._may_close:
            event.ignore()
            self.workspace_actions.unless_unsaved(self._close_for_good)
            return
        super().closeEvent(event)
        self.closed.emit()

    def _cannot_open(self, path: Path) -> None:
        self.say(f"{path} cannot be opened here")

    def _close_for_good(self) -> None:
        self._may_close = True
        self.close()

    def _after_first_paint(self) -> None:
        self.monitor.plots.load()
        self.first_painted.emit()

    def _lay_out(self) -> None:
        central = QWidget(self)
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self._pages, 1)
        column.addWidget(self.status)
        self.setCentralWidget(central)

    def _connect(self) -> None:
        actions, controller = self.actions_table, self.controller
        actions["connect"].triggered.connect(self._connect_selected)
        actions["stop"].triggered.connect(self._stop_selected)
        actions["remove"].triggered.connect(self._remove_selected)
        actions["undo_remove"].triggered.connect(controller.undo)
        actions["theme"].triggered.connect(self._look.toggle)
        actions["full_screen"].toggled.connect(self._full_screen)
        actions["keys"].triggered.connect(self._keys.open)
        actions["palette"].triggered.connect(self._open_palette)
        actions["quit"].triggered.connect(self.close)
        self.toolbar.disrupt.connect(self._disrupt)
        self.toolbar.words_wanted.connect(self._ask_words)
        self._graceful_close.accepted.connect(self._disrupt)
        self.monitor.tabs.row_chosen.connect(self._show_row)
        self.monitor.tabs.send.send.connect(self._send)
        self.monitor.notice.acted.connect(controller.undo)
        controller.changed.connect(self._say_changed)
        controller.failed.connect(self.say)
        controller.removed.connect(self._say_removed)
        controller.endpoints_changed.connect(self._show_page)

    def _selected_names(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self.monitor.table.selected_keys()))

    def _connect_selected(self) -> None:
        self.controller.connect_now(self._selected_names())

    def _stop_selected(self) -> None:
        self.controller.stop(self._selected_names())

    def _remove_selected(self) -> None:
        self.controller.remove(self._selected_names())

    def _disrupt(self, kind: str, argument: str) -> None:
        self.controller.disrupt(self._selected_names(), kind, argument)

    def _ask_words(self, entry: "Disruption") -> None:
        self._graceful_close.ask(entry, self.toolbar.button("disconnect"))

    def _send(self, payload: bytes, text: bool, fill: bool) -> None:
        if self._shows_recording:
            self.say("A recording is shown: close it to send")
            return
        self.controller.send(self._selected_names(), payload, text=text, fill=fill)

    def _open_palette(self) -> None:
        self._palette.ask(self.toolbar)

    def show_monitor(self, *, shown: bool) -> None:
        """Show the panels for a recording, whether there are endpoints or not; or no longer."""
        self._shows_recording = shown
        self._show_page()

    def _show_page(self) -> None:
        has_endpoints = bool(self.controller.configs) and not self._shows_recording
        self._pages.setCurrentWidget(self.monitor if has_endpoints or self._shows_recording else self.empty)
        for name in ("connect", "stop", "disconnect", "hold_off", "edit", "remove", "snippets", "save_snippet"):
            self.actions_table[name].setEnabled(has_endpoints)
        if self._pages.currentWidget() is self.empty:
            self.empty.url.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.monitor.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_row(self, row: object) -> None:
        """A chosen closure moves the plots there; other rows only where the view is held already."""
        at_ns = getattr(row, "at_ns", None)
        if at_ns is None:
            return
        if isinstance(row, Closure):
            self.monitor.table.select((row.endpoint, row.slot))
        if isinstance(row, Closure) or not self.monitor.plots.is_live:
            self.monitor.plots.show_moment(at_ns)

    def _show_probe(self, snapshot: Snapshot) -> None:
        health = snapshot.health
        if health.probe == "lost":
            seconds = max(0, snapshot.at_ns - health.probe_since_ns) // 1_000_000_000
            reason = f" ({visible(health.probe_reason, 120)})" if health.probe_reason else ""
            self.monitor.notice.say_state(f"Measurement stopped {seconds} s ago, restarting{reason}")
        else:
            self.monitor.notice.say_state("")

    def say(self, text: str, *, stays: bool = False) -> None:
        """Say one thing that went wrong, or was done, where it is seen."""
        if self._pages.currentWidget() is self.empty:
            self.empty.say(text)
        else:
            self.monitor.notice.say(visible(text, 400), stays=stays)

    def _say_removed(self, names: list[str]) -> None:
        if names:
            self.monitor.notice.say(f"Removed {visible(', '.join(names), 200)}", action="Undo")

    def _say_changed(self, name: str, what: str) -> None:
        self.monitor.notice.say(f"{visible(name, 60)}: {what}", action="Undo")

    def _full_screen(self, full: bool) -> None:
        """Change only this: below it a maximised window stays maximised."""
        state, flag = self.windowState(), Qt.WindowState.WindowFullScreen
        self.setWindowState(state | flag if full else state & ~flag)
