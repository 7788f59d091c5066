"""Answers as JUnit XML: a suite for each experiment and endpoint, a case for each check."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from wsmonitor.facts.answers import CheckResult, ExperimentAnswer, ReconnectRow, RowVerdict, VerdictWord, verdict_word
from wsmonitor.text.plain_text import visible


def junit_xml(answers: Sequence[tuple[str, ExperimentAnswer]], *, strict: bool, seconds: float) -> bytes:
    """The document. `violates` fails, with `strict` also `differs`; what was not tested is skipped."""
    root = ET.Element("testsuites", {"name": "wsmonitor experiment", "time": f"{seconds:.3f}"})
    for endpoint, answer in answers:
        _add_suite(root, endpoint, answer, strict=strict)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


_WORDS: dict[RowVerdict, VerdictWord] = {
    "ok": "as expected",
    "bad": "violates",
    "finding": "finding",
    "not tested": "not tested",
}


def _of_row(row: ReconnectRow) -> CheckResult:
    word = _WORDS[row.verdict]
    return CheckResult(
        id=row.fault,
        verdict=word if row.verdict in ("ok", "finding") else f"{word}: {row.sentence}",
        expected="",
        actual=row.sentence,
        section="",
    )


def _add_suite(root: ET.Element, endpoint: str, answer: ExperimentAnswer, *, strict: bool) -> None:
    whole = CheckResult(
        id=answer.name, verdict=answer.verdict, expected=answer.prediction, actual=answer.answer, section=""
    )
    checks = answer.checks or tuple(map(_of_row, answer.rows)) or (whole,)
    name = visible(f"{endpoint} {answer.name}", 500)
    suite = ET.SubElement(root, "testsuite", {"name": name, "tests": str(len(checks))})
    count = {"failure": 0, "error": 0, "skipped": 0}
    for check in checks:
        case = ET.SubElement(suite, "testcase", {"classname": name, "name": check.id, "time": "0"})
        kind = "error" if answer.status == "failed" else _kind(check, strict=strict)
        said = f"expected {check.expected} ({check.section}); actual {check.actual}" if check.section else check.actual
        if kind:
            count[kind] += 1
            found = ET.SubElement(case, kind, {"message": visible(check.verdict, 2000)})
            found.text = visible(said, 2000)
        else:
            ET.SubElement(case, "system-out").text = visible(f"{check.verdict}: {said}", 2000)
    for kind, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(attribute, str(count[kind]))


def _kind(check: CheckResult, *, strict: bool) -> str:
    match verdict_word(check.verdict):
        case "violates":
            return "failure"
        case "differs" if strict:
            return "failure"
        case "not tested" | "inconclusive":
            return "skipped"
        case _:
            return ""
