"""How the program starts itself again, from an installation and from a frozen bundle."""

import subprocess
import sys
from pathlib import Path

import pytest

from wsmonitor import program


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
