"""What a command is to measure, from URLs and workspaces: endpoints, and the alert rules that come with them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct
from msgspec.structs import replace

from wsmonitor.command_line import ConditionText, ConnectionOptions, Target, endpoints_from
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.settings.names import numbered

if TYPE_CHECKING:
    from wsmonitor.cli.measuring.alerting import Alerting
    from wsmonitor.settings.workspace import Workspace

LEVELS = ("warning", "problem", "alert")
"""What `--fail-on` knows besides conditions."""
FAIL_ON = click.option(
    "--fail-on",
    multiple=True,
    type=ConditionText(*LEVELS),
    metavar="LEVEL|CONDITION",
    help="Exit with 3 at a warning, problem, alert of the workspace, or such as 'drops>=3 in 5m'; repeatable.",
)
RUN_COMMANDS = click.option("--run-commands", is_flag=True, help="Run the programs that the workspace's alerts name.")


class Measured(Struct, frozen=True):
    """Endpoints, and rules with the folder of the workspace that each came in; their names are unique."""

    endpoints: list[EndpointConfig]
    rules: tuple[tuple[AlertRule, Path], ...] = ()

    def alerting(
        self, fail_on: Sequence[str], *, run_programs: bool, complain: Callable[[str], None]
    ) -> "Alerting | None":
        """The judge of alerts, where there is a rule or condition: others do not wait for its import."""
        conditions = [one for one in fail_on if one not in LEVELS]
        if not self.rules and not conditions:
            return None
        from wsmonitor.cli.measuring.alerting import Alerting

        return Alerting(self.rules, conditions, self.endpoints, run_programs=run_programs, complain=complain)


def measured(targets: Sequence[Target], options: ConnectionOptions, *, example: str) -> Measured:
    """Raises `click.UsageError` or `SettingsError` where there is nothing to measure, or nothing sensible."""
    from wsmonitor.settings.workspace import load

    files = [target.file for target in targets if target.file] + ([options.workspace] if options.workspace else [])
    for file in files:
        if file.suffix.lower() == ".wsmon":
            raise click.UsageError(f"{file} is a recording, not an endpoint; example: {example}")
    workspaces = [load(file) for file in files]
    endpoints = endpoints_from(targets, options, [one for read in workspaces for one in read.endpoints])
    if not endpoints:
        where = f"{files[0]} has no [[endpoint]]" if files else "expected a URL or --workspace FILE, found neither"
        raise click.UsageError(f"{where}; example: {example}")
    return Measured(endpoints, rules_of(workspaces))


def rules_of(workspaces: "Sequence[Workspace]") -> tuple[tuple[AlertRule, Path], ...]:
    """Their alert rules, each with the folder of its file; their names are unique."""
    rules = [(rule, (read.path or Path()).absolute().parent) for read in workspaces for rule in read.alerts]
    names = numbered([rule.name for rule, _ in rules])
    return tuple((replace(rule, name=name), folder) for (rule, folder), name in zip(rules, names, strict=True))
