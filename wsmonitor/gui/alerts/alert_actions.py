"""Takes the alert rules of the workspace to what judges them, and what is raised to what they do."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wsmonitor.facts.events import AlertChanged
from wsmonitor.gui.alerts.announcer import Announcer
from wsmonitor.gui.alerts.permissions import Permissions
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.feed.notifications import Notifications
from wsmonitor.gui.window.pages import Pages
from wsmonitor.gui.workspace.workspaces import Workspaces
from wsmonitor.settings.conditions.alert_rule import AlertRule

if TYPE_CHECKING:
    from wsmonitor.gui.alerts.alerts_dialog import AlertsDialog
    from wsmonitor.gui.alerts.drafts import Draft

TRIAL = AlertChanged(at_ns=0, endpoint="an endpoint", rule="", raised=True, text="This is a trial.")


class Judged(Protocol):
    """What judges: `LiveSession`."""

    alerted: Callable[[list[AlertChanged]], None] | None

    def use_rules(self, rules: Sequence[AlertRule]) -> None:
        """Judge by these rules."""
        ...


class AlertActions(QObject):
    """The rules are those of `workspaces`; the dialog changes them there."""

    def __init__(
        self,
        judged: Judged,
        workspaces: Workspaces,
        *,
        controller: Controller,
        notifications: Notifications,
        pages: Pages,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._judged, self._workspaces, self._controller = judged, workspaces, controller
        self._notifications, self._window = notifications, parent
        self.announcer, self.permissions = Announcer(notifications, parent), Permissions(parent)
        self.dialog: AlertsDialog | None = None
        self._rules: tuple[AlertRule, ...] = ()
        self._raised: set[tuple[str, str]] = set()
        judged.alerted = self._alerted
        self.announcer.said.connect(pages.say)
        self.announcer.complained.connect(pages.complain)
        self.permissions.failed.connect(pages.complain)
        workspaces.changed.connect(self._take_rules)
        workspaces.about_to_move.connect(self._keep_answers)
        self._take_rules()

    def ask(self) -> None:
        """Show and change the rules."""
        from wsmonitor.gui.alerts.alerts_dialog import AlertsDialog
        from wsmonitor.gui.alerts.drafts import draft_of

        if self.dialog is None:
            self.dialog = AlertsDialog(self._window)
            self.dialog.taken.connect(self._take_drafts)
            self.dialog.try_wanted.connect(self._try)
        drafts = [draft_of(rule, may_run=self._may_run(rule)) for rule in self._workspaces.alerts]
        names = [config.name for config in self._controller.configs]
        self.dialog.ask(drafts, raised=frozenset(rule for _, rule in self._raised), endpoints=names)

    def close(self) -> None:
        """Nothing is done any more."""
        self._judged.alerted = None
        self.announcer.close()

    def _take_rules(self) -> None:
        if self._workspaces.alerts == self._rules:
            return
        self._rules = self._workspaces.alerts
        self._judged.use_rules(self._rules)
        self._notifications.want_alerts(any(rule.notify for rule in self._rules), self._window.windowIcon())
        self.permissions.ask([(rule, self._workspaces.file_of(rule)) for rule in self._rules])

    def _alerted(self, changes: list[AlertChanged]) -> None:
        for change in changes:
            key = change.endpoint, change.rule
            (self._raised.add if change.raised else self._raised.discard)(key)
        self.announcer.say(changes)
        for rule in self._rules:
            told = [one for one in changes if one.rule == rule.name and (one.raised or rule.also_over)]
            if told:
                run_in = self._folder(rule) if self._may_run(rule) else None
                self.announcer.carry_out(rule, told, run_in=run_in)

    def _try(self, rule: AlertRule) -> None:
        """All that it does, once; whoever presses that sees the program."""
        self.announcer.carry_out(rule, [TRIAL], run_in=self._folder(rule), is_trial=True)

    def _folder(self, rule: AlertRule) -> Path:
        path = self._workspaces.file_of(rule)
        return Path.home() if path is None else path.absolute().parent

    def _may_run(self, rule: AlertRule) -> bool:
        return self.permissions.may_run(rule, self._workspaces.file_of(rule))

    def _keep_answers(self, path: Path | None) -> None:
        """What may run goes with the workspace to its new place, where the user saved it."""
        may = [rule for rule in self._workspaces.alerts if self._may_run(rule)]
        self.permissions.remember(may, path, is_allowed=True)

    def _take_drafts(self, drafts: "list[Draft]") -> None:
        from wsmonitor.gui.alerts.drafts import rule_of

        rules = tuple(rule_of(draft.table) for draft in drafts)
        for rule, draft in zip(rules, drafts, strict=True):
            self.permissions.remember([rule], self._workspaces.file_of(rule), is_allowed=draft.may_run)
        before = self._workspaces.alerts
        if rules != before:
            self._workspaces.change_alerts(rules)
            self._controller.can_undo(partial(self._workspaces.change_alerts, before))
