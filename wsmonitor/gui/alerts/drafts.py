"""Rules while they are edited: tables with what is wrong in each, as the workspace file would say it. No Qt."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from wsmonitor.analysis.alerts.judge import unknown_findings
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.workspace.checking import mistakes_in_list

Table = dict[str, Any]


@dataclass
class Draft:
    """A rule, whether its program may run, and whether the user typed that program here."""

    table: Table = field(default_factory=dict)
    may_run: bool = False


def draft_of(rule: AlertRule, *, may_run: bool) -> Draft:
    """The rule as a draft."""
    lists = {"endpoints": list(rule.endpoints), "command": list(rule.command)}
    return Draft(msgspec.structs.asdict(rule) | lists, may_run)


def mistakes(drafts: Sequence[Draft]) -> list[dict[str, str]]:
    """What is wrong with each, by field."""
    tables = [{name: value for name, value in draft.table.items() if value not in ("", None)} for draft in drafts]
    found: list[dict[str, str]] = [{} for _ in drafts]
    for place, text in mistakes_in_list(AlertRule, tables, ()):
        at, name = int(place[0]), str(place[1]) if len(place) > 1 else ""
        found[at].setdefault(name or _missing(tables[at]), text if name else "expected something here, found nothing")
    for one, table in zip(found, tables, strict=True):
        if not one and (unknown := unknown_findings([rule_of(table)])):
            one["when"] = unknown[0].partition(": ")[2]
    return found


def rule_of(table: Table) -> AlertRule:
    """The rule that a table without mistakes is."""
    return msgspec.convert(table, AlertRule)


def about_words(rule: AlertRule, endpoints: Collection[str]) -> str:
    """For how many of the endpoints it is: `for 2 of 5 endpoints`."""
    number = sum(map(rule.is_about, endpoints))
    return f"for {number} of the {len(endpoints)} endpoints of now" if rule.endpoints else ""


def _missing(table: Table) -> str:
    return "name" if "name" not in table else "when"
