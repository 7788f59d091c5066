"""JUnit XML, as Jenkins, GitLab and GitHub's reporters read it: a suite an endpoint, a case a criterion."""

import os
from pathlib import Path
from xml.etree import ElementTree as ET

from wsmonitor.cli.check.plan import Result
from wsmonitor.text.plain_text import visible


class JunitFile:
    """The file of `--junit`: known to be writable before the first dial, there once it is whole.

    Raises `RecordingError` where it cannot be written, or exists and `overwrite` is false.
    """

    def __init__(self, path: Path, *, overwrite: bool) -> None:
        from wsmonitor.recording.whole_file import reserve

        self._path, self._overwrite = path, overwrite
        self._part = reserve(path, overwrite=overwrite)

    def write(self, document: bytes) -> list[str]:
        """Publish the document; why that failed, in a sentence, where it did."""
        from wsmonitor.recording.errors import RecordingError, os_sentence
        from wsmonitor.recording.whole_file import publish, share

        try:
            with self._part.open("wb") as file:
                file.write(document)
                file.flush()
                os.fsync(file.fileno())
            share(self._part)
            publish(self._part, self._path, overwrite=self._overwrite)
        except OSError as error:
            return [os_sentence(self._path, error)]
        except RecordingError as error:
            return [str(error)]
        return []

    def close(self) -> None:
        """Leave nothing behind but what was published."""
        from wsmonitor.recording.whole_file import remove

        remove(self._part)


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
