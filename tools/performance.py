"""Write `build/bench.json` into docs/performance.md, between its two markers: `python -m tools.performance`."""

import json
import sys
from pathlib import Path
from typing import Any

HEAD = ("| name | ours | reference | ratio | spread | goal | ok |", "|---|---|---|---|---|---|---|")
BEGIN, END = "<!-- performance -->", "<!-- /performance -->"


def line(row: dict[str, Any]) -> str:
    """One row of the table."""
    unit = row["unit"]
    goal = "-"
    if row["goal"] is not None:
        sign = "≥" if row["at_least"] else "≤"
        goal = f"{sign} {_number(row['goal'])}{'' if row['reference'] is not None else ' ' + unit}"
    spread = "-" if row["spread"] is None else " to ".join(map(_number, row["spread"]))
    measured = [_value(row["ours"], unit), _value(row["reference"], unit), _ratio(row["ratio"]), spread]
    cells = [row["name"], *measured, goal, row["ok"] or "-"]
    return f"| {' | '.join(cells)} |{' ' + row['note'] if row['note'] else ''}"


def section(result: dict[str, Any]) -> str:
    """The whole section: machine, table, and what there is to say about rows."""
    rows = result["rows"]
    table = [*HEAD, *(line({**row, "note": ""}) for row in rows)]
    notes = [f"- {row['name']}: {row['note']}" for row in rows if row["note"]]
    told = f"`make bench` on {result['machine']} ({result['when']}, {result['lasted_s']} s):"
    return "\n".join([told, "", *table, *([""] if notes else []), *notes])


def put_into(text: str, generated: str) -> str:
    """`text` with what stands between the markers replaced. Raises `ValueError` where they are missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected the lines {BEGIN} and {END}, found {'one' if begin else 'none'} of them")
    return f"{before}{BEGIN}\n{generated}\n{END}{after}"


def main() -> None:
    """Update docs/performance.md."""
    page = Path("docs/performance.md")
    try:
        generated = section(json.loads(Path("build/bench.json").read_text()))
        page.write_text(put_into(page.read_text(), generated))
    except (OSError, ValueError) as error:
        sys.exit(f"performance: {error}; run `make bench` first, and keep both markers in docs/performance.md")


def _value(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{_number(value)} {unit}"


def _ratio(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


if __name__ == "__main__":
    main()
