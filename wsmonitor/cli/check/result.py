"""The verdict of a check: for people, and as one JSON object."""

from typing import Any

from wsmonitor.cli.check.plan import Result
from wsmonitor.exports.json.ndjson import SCHEMA_VERSION, Ndjson
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.text.plain_text import visible


def result_text(result: Result) -> str:
    """`PASS` or `FAIL`, every criterion with what was found, and the probable causes of a failure."""
    lines = ["", f"{'PASS' if result.passed else 'FAIL'}  {visible(result.endpoint)}"]
    width = max(len(criterion.name) for criterion in result.criteria)
    for criterion in result.criteria:
        lines.append(f"  {'ok  ' if criterion.passed else 'FAIL'}  {criterion.name:<{width}}  {criterion.found}")
    if not result.passed:
        lines += [f"  why?  {cause}" for cause in result.causes]
    return "\n".join(lines) + "\n"


def result_record(results: list[Result], time: float) -> dict[str, Any]:
    """One object: `passed`, and for each endpoint its criteria and the summary of the NDJSON contract."""
    ndjson = Ndjson(WallClock())
    return {
        "schema_version": SCHEMA_VERSION,
        "type": "check",
        "time": time,
        "passed": all(result.passed for result in results),
        "endpoints": [
            {
                "endpoint": result.endpoint,
                "passed": result.passed,
                "criteria": [{"name": one.name, "passed": one.passed, "found": one.found} for one in result.criteria],
                "causes": list(result.causes),
                "summary": ndjson.summary(result.summary, round(time * 1e9)),
            }
            for result in results
        ],
    }
