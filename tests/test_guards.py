"""Each guard of `guards.py` fails the test that leaks, and no other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = (ROOT / "tests/data/leaking_tests.py").read_text()
EXPLANATIONS = {
    "test_leak_of_a_thread": "the test leaked <Thread",
    "test_leak_of_a_task": "the test leaked <Task pending",
    "test_leak_of_an_exception_in_a_task": "unexpected: asyncio: Task exception was never retrieved",
    "test_leak_of_a_log_record": "unexpected: some.part: surprise",
    "test_leak_of_a_timer": "the test leaked a running <PySide6.QtCore.QTimer",
    "test_leak_of_a_widget": "the test leaked a top-level <PySide6.QtWidgets.QWidget",
    "test_leak_of_a_qt_message": "QtWarningMsg: said in a test",
    "test_leak_of_a_qt_message_in_a_fixture": "unexpected: Qt: said while a fixture ended",
}


def test_each_leak_fails_the_test_that_leaked_and_no_other(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makefile(".toml", pyproject=(ROOT / "pyproject.toml").read_text())
    pytester.makepyfile(test_examples=EXAMPLES)

    result = pytester.runpytest_subprocess("-p", "tests.guards", "-n0", "-rA", "test_examples.py")

    output = result.stdout.str()
    assert set(re.findall(r"^(?:FAILED|ERROR) \S+::(\w+)", output, re.MULTILINE)) == set(EXPLANATIONS)
    assert set(re.findall(r"def (test_leak\w+)", EXAMPLES)) == set(EXPLANATIONS)
    assert [explanation for explanation in EXPLANATIONS.values() if explanation not in output] == []
