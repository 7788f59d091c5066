"""Everything of the window that its first paint does without: panels, menus, dialogs, and what the actions do."""

from PySide6.QtCore import QObject

from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.gui.endpoints.connection_actions import ConnectionActions
from wsmonitor.gui.endpoints.disconnect_menu import DisconnectMenu
from wsmonitor.gui.endpoints.endpoint_actions import EndpointActions
from wsmonitor.gui.experiments.examine_menu import ExamineMenu
from wsmonitor.gui.experiments.experiment_actions import ExperimentActions
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.findings.finding_actions import FindingActions
from wsmonitor.gui.help.help_actions import HelpActions
from wsmonitor.gui.lab.lab_actions import LabActions
from wsmonitor.gui.lab.lab_control import LabControl
from wsmonitor.gui.lens.lens import Lens
from wsmonitor.gui.lens.lens_actions import LensActions
from wsmonitor.gui.scorecard.audit_actions import AuditActions
from wsmonitor.gui.sending.send_actions import SendActions
from wsmonitor.gui.sending.snippet_actions import SnippetActions
from wsmonitor.gui.start.remembered import Settings
from wsmonitor.gui.tap.tap_actions import TapActions
from wsmonitor.gui.time.note_actions import NoteActions
from wsmonitor.gui.time.view_actions import ViewActions
from wsmonitor.gui.window.action_table import SpacePressesButtons
from wsmonitor.gui.window.main_menu import MainMenu
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.window import Window
from wsmonitor.gui.workspace.preference_actions import PreferenceActions
from wsmonitor.gui.workspace.workspace_actions import WorkspaceActions
from wsmonitor.gui.workspace.workspaces import Workspaces
from wsmonitor.text.plain_text import visible

_PERIOD_NS = 60_000_000
"""Words and numbers change faster than anybody reads: a look in every second frame is enough; plots scroll in each."""


class WholeWindow(QObject):
    """Hands every action its collaborators. The plots are loaded once `window` was painted with what is there now."""

    def __init__(self, window: Window, controller: Controller) -> None:
        super().__init__(window)
        actions, toolbar, pages, table, look = (
            window.actions_table,
            window.toolbar,
            window.pages,
            window.table,
            window.look,
        )
        self.window, self.controller = window, controller
        self._shown_ns = 0
        self._rows = -1
        self._has_news = False
        self.lab = LabControl(controller)
        self.monitor = monitor = MonitorView(table, pages.notice, look, window)
        pages.put(monitor)
        disconnect = DisconnectMenu(toolbar)
        toolbar.add_menu("disconnect", disconnect)
        self.view_actions = ViewActions(actions, toolbar, monitor, window)
        self.notes = NoteActions(actions, monitor, controller, window)
        self.lab_actions = LabActions(self.lab, toolbar, monitor, window)
        self.endpoint_actions = EndpointActions(actions, table, controller, look, window, button=toolbar.button("add"))
        workspaces = Workspaces(controller, self.lab, self)
        self.workspace_actions = WorkspaceActions(actions, workspaces, pages, window)
        self.snippet_actions = SnippetActions(actions, monitor, workspaces, controller, window)
        self.preferences = PreferenceActions(actions, controller, look, pages, window)
        self.connection_actions = ConnectionActions(
            actions, disconnect, toolbar, table=table, controller=controller, parent=window
        )
        self.tap_actions = TapActions(disconnect, toolbar, monitor, controller, window)
        examine = ExamineMenu(toolbar)
        toolbar.add_menu("examine", examine)
        self.experiment_actions = ExperimentActions(
            examine, monitor, controller, pages, window, anchor=toolbar.button("examine")
        )
        self.audits = AuditActions(monitor, controller, self.experiment_actions.can_ask, window)
        FindingActions(monitor, controller, look.moments, self, examine=self.experiment_actions)
        SendActions(monitor, pages, controller, self)
        self.lens = Lens(look, pages, column=monitor.left)
        pages.notice.keep_clear_of(self.lens)
        LensActions(actions, self.lens, monitor, self)
        MainMenu(actions, toolbar, self.workspace_actions.recent_menu, window)
        self.help = HelpActions(actions, toolbar, monitor, controller.config, window)
        SpacePressesButtons(window)
        self._connect()
        self._show_endpoints()
        window.setAcceptDrops(True)
        window.after_paint(monitor.plots.load)

    def settings(self) -> Settings:
        """What to remember of this window."""
        columns = self.window.table.titles.columns
        return Settings(
            theme=self.window.look.choice,
            times=self.window.look.moments.display,
            geometry=bytes(self.window.saveGeometry().data()),
            splitters=self.monitor.save_splitters(),
            recent=self.workspace_actions.workspaces.recent,
            filters=self.monitor.tabs.filter.kept,
            density=self.window.table.density,
            grouping=self.monitor.fleet.grouped_by,
            column_order=columns.order,
            column_widths=columns.widths,
            columns_hidden=columns.hidden,
            hints_seen=self.monitor.hints.is_seen,
            notify=self.preferences.settings.notify,
            reopen=self.preferences.settings.reopen,
        )

    def use(self, settings: Settings) -> None:
        """Take over what was kept of the last session, besides what the first paint took."""
        self.workspace_actions.workspaces.use_recent(settings.recent)
        self.monitor.tabs.filter.kept = settings.filters
        self.monitor.fleet.group_by(settings.grouping)
        self.preferences.use(settings)

    def show_snapshot(self, snapshot: Snapshot, fresh: bool = True) -> None:
        """Show what is known now; `fresh` says that something came since the last snapshot."""
        self._has_news = self._has_news or fresh
        is_soon = 0 < snapshot.at_ns - self._shown_ns < _PERIOD_NS
        if is_soon and len(snapshot.endpoints) == self._rows:
            self.monitor.follow(snapshot)
        else:
            self._show_all(snapshot)

    def _show_all(self, snapshot: Snapshot) -> None:
        news, self._has_news = self._has_news, False
        self._shown_ns, self._rows = snapshot.at_ns, len(snapshot.endpoints)
        if snapshot.endpoints:
            self.monitor.show_snapshot(snapshot, fresh=news)
            self.view_actions.show_state()
        self.window.status.show_snapshot(snapshot)
        self._show_probe(snapshot)

    def _connect(self) -> None:
        empty = self.window.pages.empty
        empty.endpoint_given.connect(self.endpoint_actions.add)
        empty.recent_wanted.connect(self.workspace_actions.open)
        empty.lab_wanted.connect(self.lab.start)
        empty.story_wanted.connect(self.lab.play)
        self.window.dropped.connect(self.workspace_actions.drop)
        self.workspace_actions.endpoint_dropped.connect(self.endpoint_actions.add)
        self.workspace_actions.workspaces.changed.connect(self._show_recent)
        self.endpoint_actions.changed_by_user.connect(self.workspace_actions.workspaces.touch)
        self.controller.changed.connect(self._say_changed)
        self.controller.failed.connect(self.window.pages.complain)
        self.controller.removed.connect(self._say_removed)
        self.controller.endpoints_changed.connect(self._show_endpoints)

    def _show_endpoints(self) -> None:
        self.window.pages.show_endpoints(shown=bool(self.controller.configs))

    def _show_recent(self) -> None:
        self.window.pages.empty.show_recent(self.workspace_actions.workspaces.recent[:4])

    def _show_probe(self, snapshot: Snapshot) -> None:
        health, notice = snapshot.health, self.window.pages.notice
        if health.probe == "lost":
            seconds = max(0, snapshot.at_ns - health.probe_since_ns) // 1_000_000_000
            reason = f" ({visible(health.probe_reason, 120)})" if health.probe_reason else ""
            notice.say_state(f"Measurement stopped {seconds} s ago, restarting{reason}")
        else:
            notice.say_state("")

    def _say_removed(self, names: list[str]) -> None:
        if names:
            self.window.pages.notice.say(f"Removed {visible(', '.join(names), 200)}", ("Undo", self.controller.undo))

    def _say_changed(self, name: str, what: str) -> None:
        self.window.pages.notice.say(f"{visible(name, 60)}: {what}", ("Undo", self.controller.undo))
