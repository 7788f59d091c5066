"""JUnit XML, as Jenkins, GitLab and GitHub's reporters read it: a suite an endpoint, a case a criterion."""

from xml.etree import ElementTree as ET

from wsmonitor.cli.check.plan import Result
from wsmonitor.text.plain_text import visible


def junit_xml(results: list[Result], *, seconds: float) -> bytes:
    """The document; texts of peers are made visible, so that any XML reader takes them."""
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
