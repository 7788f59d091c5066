"""Alert rules on the command line: those of the workspace, and the conditions of `--fail-on`."""

from collections.abc import Callable, Sequence
from pathlib import Path

from wsmonitor.alerts.programs import Programs
from wsmonitor.analysis.alerts.judge import AlertJudge, unknown_findings
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.facts.errors import SettingsError
from wsmonitor.facts.events import AlertChanged, AnyEvent
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.plain_text import visible

PATIENCE_S = 10.0
"""So long may programs go on that still run at the end."""


class Alerting:
    """Judges what is measured. Programs of rules run only where that was asked for.

    Raises `SettingsError` for a rule that waits for a finding that there is not.
    """

    def __init__(
        self,
        rules: Sequence[tuple[AlertRule, Path]],
        conditions: Sequence[str],
        endpoints: Sequence[EndpointConfig],
        *,
        run_programs: bool,
        complain: Callable[[str], None],
    ) -> None:
        own = [AlertRule(name=text, when=text) for text in dict.fromkeys(conditions)]
        names = {rule.name for rule in own}
        self._of_workspace = [(rule, folder) for rule, folder in rules if rule.name not in names]
        self.rules = (*own, *(rule for rule, _ in self._of_workspace))
        if problems := unknown_findings(self.rules):
            raise SettingsError(problems)
        self.raised: dict[tuple[str, str], list[AlertChanged]] = {}
        """What was raised of each endpoint and rule, in order."""
        self._fatal = {rule.name for rule in own}
        self._judge = AlertJudge(self.rules)
        self._programs = Programs(complain=complain)
        self._folders: dict[str, Path] = {}
        with_program = [(rule, folder) for rule, folder in self._of_workspace if rule.command]
        if run_programs:
            self._folders = {rule.name: folder for rule, folder in with_program}
        elif with_program:
            complain(
                f"the programs of alerts are not run: {visible(', '.join(rule.name for rule, _ in with_program))}; "
                "--run-commands runs them"
            )
        for rule, _ in self._of_workspace:
            if not any(rule.is_about(endpoint.name) for endpoint in endpoints):
                complain(f"alert {visible(rule.name, 60)} is for no endpoint of this run")

    def take(self, events: list[AnyEvent], changes: list[FindingChange]) -> list[AlertChanged]:
        """The alerts that these facts raise or end; their programs are told."""
        alerts = self._judge.take(events, changes)
        for alert in alerts:
            if alert.raised:
                self.raised.setdefault((alert.endpoint, alert.rule), []).append(alert)
        for rule in self.rules:
            told = [one for one in alerts if one.rule == rule.name and (one.raised or rule.also_over)]
            if told and rule.name in self._folders:
                self._programs.run(rule, told, self._folders[rule.name])
        return alerts

    def reaches(self, *, any_rule: bool) -> bool:
        """True if a condition of `--fail-on` was met, or with `any_rule` a rule of the workspace was raised."""
        return any(any_rule or rule in self._fatal for _, rule in self.raised)

    def close(self) -> None:
        """Wait a while for the programs that still run."""
        self._programs.close(PATIENCE_S)
