"""Programs of alerts: run with the facts, ended in time, never waited for."""

import os
import sys
import threading
from pathlib import Path

import pytest

from tests.waiting import until
from wsmonitor.alerts.programs import Programs
from wsmonitor.facts.events import AlertChanged
from wsmonitor.settings.conditions.alert_rule import AlertRule

CHANGE = AlertChanged(at_ns=1, endpoint="chat $(touch hacked)", rule="r", raised=True, text="3 drops; `touch hacked`")


def rule(*command: str, timeout_s: float = 20.0) -> AlertRule:
    return AlertRule(name="r", when="drops>=3 in 5m", command=command, timeout_s=timeout_s)


def python(*lines: str) -> tuple[str, ...]:
    return sys.executable, "-c", "\n".join(lines)


def test_a_program_runs_in_the_folder_of_its_workspace_with_the_facts_and_no_shell(tmp_path: Path) -> None:
    said: list[str] = []
    programs = Programs(complain=said.append)
    writes = python("import os, pathlib", "pathlib.Path('told').write_text(os.environ['WSMONITOR_TEXT'])")

    programs.run(rule(*writes, "; touch hacked"), [CHANGE], tmp_path)
    programs.close(20)

    assert said == []
    assert [path.name for path in tmp_path.iterdir()] == ["told"]
    assert (tmp_path / "told").read_text() == CHANGE.text


def test_a_program_that_fails_or_is_not_there_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    for command in (python("raise SystemExit(7)"), ("./not-here",)):
        programs = Programs(complain=said.append)
        programs.run(rule(*command), [CHANGE], tmp_path)
        programs.close(20)

    assert said[0].endswith("ended with 7")
    assert said[1] == "The program of alert r (./not-here) cannot be started: No such file or directory"


def test_programs_of_any_number_of_folders_run_from_one_thread(tmp_path: Path) -> None:
    programs = Programs(complain=lambda text: None)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        told = AlertRule(name=name, when="drops>=3 in 5m", command=python("open('told', 'w').close()"))
        programs.run(told, [CHANGE], tmp_path / name)

    threads = [thread for thread in threading.enumerate() if thread.name == "alert-programs"]
    programs.close(20)

    assert len(threads) == 1
    assert sorted(path.parent.name for path in tmp_path.rglob("told")) == ["one", "two"]


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="groups of processes are POSIX")
def test_a_program_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path) -> None:
    said: list[str] = []
    programs = Programs(complain=said.append)
    starts = python(
        "import subprocess, sys, pathlib",
        "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])",
        "pathlib.Path('new').write_text(str(child.pid))",
        "pathlib.Path('new').rename('child')",
        "child.wait()",
    )

    programs.run(rule(*starts, timeout_s=3.0), [CHANGE], tmp_path)
    child = int(until("the child", lambda: _read(tmp_path / "child")))
    until("its end", lambda: said)
    programs.close(20)

    assert said[0].endswith("took longer than 3 s and was ended")
    until("the end of what it started", lambda: not _is_alive(child))


def test_closing_waits_no_longer_than_it_was_told(tmp_path: Path) -> None:
    programs = Programs(complain=lambda text: None)
    writes = ("import os, pathlib, signal", "pathlib.Path('pid').write_text(str(os.getpid()))", "signal.pause()")
    programs.run(rule(*python(*writes), timeout_s=600), [CHANGE], tmp_path)
    pid = int(until("its number", lambda: _read(tmp_path / "pid")))

    programs.close(0.0)

    until("its end", lambda: not _is_alive(pid))
    assert not [thread for thread in threading.enumerate() if thread.name == "alert-programs"]


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
