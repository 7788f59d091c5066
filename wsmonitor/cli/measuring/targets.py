"""What a command is to measure, from URLs and workspaces: endpoints, and the alert rules that come with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from msgspec.structs import replace

from wsmonitor.command_line import ConnectionOptions, Target, endpoints_from
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.settings.names import numbered


@dataclass(frozen=True)
class Measured:
    """Endpoints, and rules with the folder of the workspace that each came in; their names are unique."""

    endpoints: list[EndpointConfig]
    rules: tuple[tuple[AlertRule, Path], ...] = ()


def measured(targets: Sequence[Target], options: ConnectionOptions, *, example: str) -> Measured:
    """Raises `click.UsageError` or `SettingsError` where there is nothing to measure, or nothing sensible."""
    from wsmonitor.settings.workspace import load

    files = [target.file for target in targets if target.file] + ([options.workspace] if options.workspace else [])
    for file in files:
        if file.suffix.lower() == ".wsmon":
            raise click.UsageError(f"{file} is a recording, not an endpoint; example: {example}")
    workspaces = [(load(file), file.absolute().parent) for file in files]
    endpoints = endpoints_from(targets, options, [one for read, _ in workspaces for one in read.endpoints])
    if not endpoints:
        where = f"{files[0]} has no [[endpoint]]" if files else "expected a URL or --workspace FILE, found neither"
        raise click.UsageError(f"{where}; example: {example}")
    rules = [(rule, folder) for read, folder in workspaces for rule in read.alerts]
    names = numbered([rule.name for rule, _ in rules])
    return Measured(
        endpoints, tuple((replace(rule, name=name), folder) for (rule, folder), name in zip(rules, names, strict=True))
    )
