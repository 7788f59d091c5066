"""What a check tests, and what it found: for people, as one JSON object, and as JUnit XML."""

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from wsmonitor.analysis.runs.judge_run import Criterion, Limits
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.exports.json.ndjson import SCHEMA_VERSION, Ndjson
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.plain_text import visible


@dataclass(frozen=True)
class CheckPlan:
    """Each endpoint says how many connections are held for `duration_s`.

    Before that `churn` connections are opened and closed in a row, and `parallel` at once.
    """

    endpoints: tuple[EndpointConfig, ...]
    duration_s: float
    limits: Limits
    churn: int = 0
    parallel: int = 0
    show_secrets: bool = False


@dataclass(frozen=True)
class Result:
    """What became of one endpoint; `causes` says what the diagnosis makes of it."""

    endpoint: str
    criteria: tuple[Criterion, ...]
    causes: tuple[str, ...]
    summary: EndpointSummary

    @property
    def passed(self) -> bool:
        """True if every criterion was met."""
        return all(criterion.passed for criterion in self.criteria)


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


def junit_xml(results: list[Result], *, seconds: float) -> bytes:
    """JUnit XML as Jenkins, GitLab and GitHub's reporters read it: a suite an endpoint, a case a criterion.

    Texts of peers are made visible, so that any XML reader takes them.
    """
    cases = sum(len(result.criteria) for result in results)
    failures = sum(not one.passed for result in results for one in result.criteria)
    totals = {"tests": str(cases), "failures": str(failures), "errors": "0", "time": f"{seconds:.3f}"}
    root = ET.Element("testsuites", {"name": "wsmonitor check", **totals})
    for result in results:
        _add_suite(root, result, seconds)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_suite(root: ET.Element, result: Result, seconds: float) -> None:
    failures = [one for one in result.criteria if not one.passed]
    name = visible(result.endpoint)
    counts = {"tests": str(len(result.criteria)), "failures": str(len(failures)), "errors": "0", "skipped": "0"}
    suite = ET.SubElement(root, "testsuite", {"name": name, **counts, "time": f"{seconds:.3f}"})
    for criterion in result.criteria:
        case = ET.SubElement(suite, "testcase", {"classname": name, "name": criterion.name, "time": "0"})
        if not criterion.passed:
            failure = ET.SubElement(case, "failure", {"message": _shown(criterion.found), "type": "check"})
            failure.text = "\n".join(map(_shown, (criterion.found, *result.causes)))
        else:
            ET.SubElement(case, "system-out").text = _shown(criterion.found)


def _shown(text: str) -> str:
    return visible(text, 2000)
