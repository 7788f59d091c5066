"""A comparison as text, JSON and Markdown."""

import json

from wsmonitor.analysis.runs.compare import Comparison
from wsmonitor.analysis.runs.row import Row, Value
from wsmonitor.exports.compared import Compared
from wsmonitor.exports.report.markdown_text import plain, table
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import duration

SCHEMA_VERSION = 1


def text(found: Compared) -> str:
    """Aligned columns for a terminal."""
    lines = []
    for one in found.comparisons:
        cells = [("", visible(found.before, 30), visible(found.after, 30), ""), *map(row_cells, one.rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(3)]
        lines += [comparison_title(one), *(_aligned(row, widths) for row in cells)]
        for mark, findings in (("gone", one.vanished), ("new", one.appeared), ("still", one.remained)):
            lines += [f"  {mark:<5}  {sentence}" for sentence in findings]
        lines.append("")
    return "\n".join(lines) + "\n"


def markdown(found: Compared) -> str:
    """Tables to paste into an issue or a pull request."""
    lines = ["# Before and after", ""]
    for one in found.comparisons:
        lines += [f"## {plain(comparison_title(one))}", ""]
        rows = ([plain(cell) for cell in row_cells(row)] for row in one.rows)
        lines += table(("", plain(found.before), plain(found.after), "difference"), rows)
        for mark, findings in (("Gone", one.vanished), ("New", one.appeared), ("Still there", one.remained)):
            lines += [f"- **{mark}:** {plain(sentence)}" for sentence in findings]
        lines.append("")
    return "\n".join(lines)


def json_text(found: Compared) -> str:
    """One object; times in seconds and shares in percent, as the names of `unit` say."""
    record = {
        "schema_version": SCHEMA_VERSION,
        "type": "comparison",
        "before": found.before,
        "after": found.after,
        "endpoints": [
            {
                "before": one.before,
                "after": one.after,
                "rows": [_record(row) for row in one.rows],
                "findings": {"vanished": one.vanished, "appeared": one.appeared, "remained": one.remained},
            }
            for one in found.comparisons
        ],
    }
    return json.dumps(record, indent=2) + "\n"


def _record(row: Row) -> dict[str, object]:
    values: list[Value] = [row.before, row.after]
    unit = row.unit
    if unit == "ns":
        values, unit = [value / 1e9 if isinstance(value, int | float) else value for value in values], "s"
    return {
        "name": row.name.strip(),
        "before": values[0],
        "after": values[1],
        "unit": unit,
        "difference": row.outcome or None,
    }


def comparison_title(one: Comparison) -> str:
    """The endpoint, under both names where they differ."""
    return visible(one.before) if one.before == one.after else f"{visible(one.before)} → {visible(one.after)}"


def row_cells(row: Row) -> tuple[str, str, str, str]:
    """What it is, before, after, and whether that is a difference."""
    return visible(row.name), _shown(row.before, row.unit), _shown(row.after, row.unit), row.outcome


def _aligned(row: tuple[str, str, str, str], widths: list[int]) -> str:
    return f"  {row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]}".rstrip()


def _shown(value: Value, unit: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if unit == "ns":
        return duration(value)
    return f"{value:,}{unit}"
