"""How the program starts itself again, from an installation and from a frozen bundle, and what ends it."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.waiting import until
from wsmonitor import program

CHILD = (
    "import threading; from wsmonitor.program import ends_with_parent\n"
    "with ends_with_parent():\n    print('loads', flush=True); threading.Event().wait()"
)
PARENT = (
    "import subprocess, sys\n"
    f"child = subprocess.Popen([sys.executable, '-c', {CHILD!r}], stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
    "child.stdout.readline(); print(child.pid, flush=True); sys.stdin.read()"
)


@pytest.fixture
def bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What PyInstaller makes of `sys` in a frozen program."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "wsmonitor"))
    return tmp_path / "wsmonitor"


def test_an_installed_program_starts_its_interpreter_where_no_file_of_the_users_folder_counts() -> None:
    assert program.own_command("probe") == [sys.executable, "-P", "-m", "wsmonitor", "probe"]


def test_a_frozen_program_starts_itself(bundle: Path) -> None:
    assert program.own_command("lab", "--until-stdin-ends") == [str(bundle), "lab", "--until-stdin-ends"]


def test_the_probe_of_a_frozen_program_is_itself(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wsmonitor.probe.launch import start_process

    started: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))

    start_process()

    assert started == [[str(bundle), "probe"]]


def test_what_still_loads_ends_with_its_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())

        parent.kill()

    until("the child is gone", lambda: not runs(child), limit_s=20)


def runs(pid: int) -> bool:
    """Whether there is such a process, zombies included."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
