"""`python -m tools.rules_table`: writes docs/rules.md, one row for each diagnosis rule, from the rules themselves."""

from pathlib import Path
from typing import Final

from wsmonitor.diagnosis.rules import RULES
from wsmonitor.diagnosis.rules.rule import Rule

FILE: Final = Path(__file__).parents[1] / "docs" / "rules.md"
_HEAD: Final = """# The rules behind the findings

In order of precedence: what one rule explains, those behind it do not see. Below the samples that a rule needs it
says "not enough evidence yet" or nothing. Forced closures are never samples. Each rule is one file of
a room of `wsmonitor/diagnosis/rules/`; `make corpus` measures them all.

| rule | finds | severity | reads | samples | told apart from | known from |
|---|---|---|---|---|---|---|
"""


def table() -> str:
    """The page as it must be."""
    rows = (
        f"| `{rule.id}` | {rule.title} | {rule.severity} | {rule.reads} | {rule.samples} | {_apart(rule)} "
        f"| {rule.source} |\n"
        for rule in RULES
    )
    return _HEAD + "".join(rows)


def _apart(rule: Rule) -> str:
    """The look-alikes, and what rules each of them out."""
    return "; ".join(f"`{one.rule}`: {one.ruled_out_by}" for one in rule.look_alikes)


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(table(), "utf-8")
