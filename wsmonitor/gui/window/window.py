"""The main window as it is painted first: toolbar, table of endpoints or empty state, status bar.

Everything else comes with `furnishing.py`, after the first paint. So nothing in here imports what only that needs
(numpy, the analysis, plots, dialogs): a test holds it.
"""

import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from wsmonitor.gui.endpoints.endpoint_table import EndpointTable
from wsmonitor.gui.feed.frame_meter import FrameMeter
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.remembered import Settings
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.blank_panels import BlankPanels
from wsmonitor.gui.window.status_bar import StatusBar
from wsmonitor.gui.window.toolbar import Toolbar
from wsmonitor.text.plain_text import visible

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import Snapshot
    from wsmonitor.gui.endpoints.connection_actions import ConnectionActions
    from wsmonitor.gui.endpoints.endpoint_actions import EndpointActions
    from wsmonitor.gui.feed.controller import Controller
    from wsmonitor.gui.help.help_actions import HelpActions
    from wsmonitor.gui.lab.lab_actions import LabActions
    from wsmonitor.gui.sending.snippet_actions import SnippetActions
    from wsmonitor.gui.time.view_actions import ViewActions
    from wsmonitor.gui.window.empty_state import EmptyState
    from wsmonitor.gui.window.monitor_frame import MonitorFrame
    from wsmonitor.gui.window.monitor_view import MonitorView
    from wsmonitor.gui.workspace.preference_actions import PreferenceActions
    from wsmonitor.gui.workspace.workspace_actions import WorkspaceActions

NEEDS_ENDPOINTS = ("connect", "stop", "disconnect", "hold_off", "edit", "remove", "snippets", "save_snippet")
NEEDS_SESSION = ("record", "export", "save_clip", "open_recording", "play")

_BORDERS, _TITLE_BAR = 8, 40
"""Room for what window managers put around a window: how much is known only once it is shown."""


class Window(QMainWindow):
    """Takes snapshots and shows them; what the user wants goes to the controller.

    What is declared here without a value is there once the window is furnished.
    """

    closed = Signal()
    first_painted = Signal()

    connection_actions: "ConnectionActions"
    controller: "Controller"
    monitor: "MonitorView"
    endpoint_actions: "EndpointActions"
    help: "HelpActions"
    lab_actions: "LabActions"
    preferences: "PreferenceActions"
    snippet_actions: "SnippetActions"
    view_actions: "ViewActions"
    workspace_actions: "WorkspaceActions"

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setWindowTitle("wsmonitor")
        self.setMinimumSize(900, 560)
        self.look = look
        self.meter = FrameMeter()
        self.actions_table = Actions(self)
        self.toolbar = Toolbar(self.actions_table, look, self)
        self.table = EndpointTable(look, self)
        self.status = StatusBar(self.meter, self)
        self._blank = BlankPanels(self.table, self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._blank)
        self._is_furnished = self._may_close = self._shows_recording = False
        self._splitters: tuple[bytes, ...] = ()
        self._after_paint: list[Callable[[], object]] = [self.first_painted.emit]
        self.before_close: list[Callable[[], bool]] = []
        """Each says whether the window may close now, or asks the user and closes it later."""
        self.open_recording: Callable[[Path], None] = self._cannot_open
        """Shows a recording instead of what is live; the session puts in what does so."""
        self._lay_out()
        self.actions_table["theme"].triggered.connect(look.toggle)
        self.actions_table["full_screen"].toggled.connect(self._full_screen)
        self.actions_table["quit"].triggered.connect(self.close)
        self._enable(NEEDS_SESSION, enabled=False)

    @cached_property
    def empty(self) -> "EmptyState":
        """What a window without endpoints shows, made when it is first wanted."""
        from wsmonitor.gui.window.empty_state import EmptyState

        empty = EmptyState(self)
        self._pages.addWidget(empty)
        return empty

    @property
    def is_watched(self) -> bool:
        """True while there is anything to paint for."""
        return self.isVisible() and not self.isMinimized()

    @property
    def shows_recording(self) -> bool:
        """True while a recording is shown instead of what is live."""
        return self._shows_recording

    def furnish(self, controller: "Controller", monitor: "MonitorView") -> None:
        """Put the panels in the place of blank ones, and follow the endpoints of `controller`."""
        self.controller, self.monitor = controller, monitor
        monitor.restore_splitters(self._splitters)
        self._pages.addWidget(monitor)
        self._pages.removeWidget(self._blank)
        self._blank.deleteLater()
        self._is_furnished = True
        controller.changed.connect(self._say_changed)
        controller.failed.connect(self.say)
        controller.removed.connect(self._say_removed)
        controller.endpoints_changed.connect(self._show_page)
        self._show_page()

    def after_paint(self, then: Callable[[], object]) -> None:
        """Do `then` once the window was painted as it is now."""
        self._after_paint.append(then)
        self.update()

    def resize_to(self, width: int, height: int) -> None:
        """Take this size, or as much of it as a real screen has room for."""
        if QGuiApplication.platformName() not in ("offscreen", "minimal"):
            room = self.screen().availableGeometry()
            width, height = min(width, room.width() - _BORDERS), min(height, room.height() - _TITLE_BAR)
        self.resize(width, height)

    def settings(self) -> Settings:
        """What to remember of this window."""
        return Settings(
            theme=self.look.choice,
            times=self.look.moments.display,
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
        self._splitters = settings.splitters
        self._frame.restore_splitters(settings.splitters)

    def use(self, settings: Settings) -> None:
        """Take over what else was kept of the last session."""
        self.workspace_actions.use_recent(settings.recent)
        self.preferences.use(settings)

    def show_endpoint(self, name: str) -> None:
        """Select an endpoint, as soon as it is there."""
        self.table.select((name, 0))

    def show_snapshot(self, snapshot: "Snapshot", fresh: bool = True) -> None:
        """Show what is known now; `fresh` says that something came since the last snapshot."""
        started = time.perf_counter()
        if snapshot.endpoints:
            self.monitor.show_snapshot(snapshot, fresh=fresh)
            self.view_actions.show_state()
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
        due, self._after_paint = self._after_paint, []
        for then in due:
            QTimer.singleShot(0, self, then)

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
        if self._is_furnished and self.workspace_actions.workspaces.is_changed and not self._may_close:
            event.ignore()
            self.workspace_actions.unless_unsaved(self._close_for_good)
            return
        super().closeEvent(event)
        self.closed.emit()

    def show_monitor(self, *, shown: bool) -> None:
        """Show the panels for a recording, whether there are endpoints or not; or no longer."""
        self._shows_recording = shown
        self._show_page()

    def show_endpoints(self, *, shown: bool) -> None:
        """Show the panels, or the empty state; the actions on endpoints follow."""
        is_empty = not shown and not self._shows_recording
        self._pages.setCurrentWidget(self.empty if is_empty else self._frame)
        self._enable(NEEDS_ENDPOINTS, enabled=shown)
        focused = self.empty.url if is_empty else self.table
        focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, text: str, *, stays: bool = False) -> None:
        """Say one thing that went wrong, or was done, where it is seen."""
        if self._pages.currentWidget() is self.monitor:
            self.monitor.notice.say(visible(text, 400), stays=stays)
        else:
            self.empty.say(text)

    @property
    def _frame(self) -> "MonitorFrame":
        return self.monitor if self._is_furnished else self._blank

    def _cannot_open(self, path: Path) -> None:
        self.say(f"{path} cannot be opened here")

    def _close_for_good(self) -> None:
        self._may_close = True
        self.close()

    def _lay_out(self) -> None:
        central = QWidget(self)
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self._pages, 1)
        column.addWidget(self.status)
        self.setCentralWidget(central)

    def _enable(self, names: tuple[str, ...], *, enabled: bool) -> None:
        for name in names:
            self.actions_table[name].setEnabled(enabled)

    def _full_screen(self, full: bool) -> None:
        """Change only this: below it a maximised window stays maximised."""
        state, flag = self.windowState(), Qt.WindowState.WindowFullScreen
        self.setWindowState(state | flag if full else state & ~flag)

    def _show_page(self) -> None:
        self.show_endpoints(shown=bool(self.controller.configs) and not self._shows_recording)

    def _show_probe(self, snapshot: "Snapshot") -> None:
        health = snapshot.health
        if health.probe == "lost":
            seconds = max(0, snapshot.at_ns - health.probe_since_ns) // 1_000_000_000
            reason = f" ({visible(health.probe_reason, 120)})" if health.probe_reason else ""
            self.monitor.notice.say_state(f"Measurement stopped {seconds} s ago, restarting{reason}")
        else:
            self.monitor.notice.say_state("")

    def _say_removed(self, names: list[str]) -> None:
        if names:
            self.monitor.notice.say(f"Removed {visible(', '.join(names), 200)}", action="Undo")

    def _say_changed(self, name: str, what: str) -> None:
        self.monitor.notice.say(f"{visible(name, 60)}: {what}", action="Undo")
