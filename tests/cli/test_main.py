"""The first word chooses the command, and nothing else is imported."""

import subprocess
import sys

import pytest

from wsmonitor import __main__ as front
from wsmonitor import __version__


def run(*args: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-m", "wsmonitor", *args], capture_output=True, text=True, timeout=30, check=False
    )


def test_version_is_printed_without_importing_anything_heavy() -> None:
    code = (
        "import sys; from wsmonitor.__main__ import main; main(['--version']);"
        "print(sorted({'click', 'msgspec', 'numpy', 'PySide6', 'websockets', 'asyncio'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.splitlines() == [f"wsmonitor {__version__}", "[]"]


@pytest.mark.parametrize("command", front.COMMANDS)
def test_every_command_says_its_version(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert front.main([command, "--version"]) == 0
    assert capsys.readouterr().out == f"wsmonitor {__version__}\n"


def test_a_mistyped_command_is_not_taken_for_a_host(capsys: pytest.CaptureFixture[str]) -> None:
    assert front.main(["wacth", "ws://h"]) == 2
    assert "did you mean 'watch'?" in capsys.readouterr().err


def test_the_help_lists_the_commands_for_people_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert front.main(["--help"]) == 0

    said = capsys.readouterr().out
    listed = [line.split()[0] for line in said.partition("Commands (")[2].splitlines()[1:] if line]
    assert listed == [name for name in front.COMMANDS if name not in ("probe", "lab-worker")]


def test_an_internal_command_is_never_suggested() -> None:
    assert front._mistyped_command("probee") == ""


@pytest.mark.parametrize("word", ["", "localhost", "ws://watch", "watch.example", "w"])
def test_other_words_are_for_the_window(word: str) -> None:
    assert front._mistyped_command(word) == ""


def test_watch_runs_where_qt_cannot_be_imported() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['PySide6', 'pyqtgraph', 'qasync']));"
        "from wsmonitor.__main__ import main; sys.exit(main(['watch', '127.0.0.1:1', '--once', '-q']))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_wrong_use_of_watch_is_one_line() -> None:
    done = run("watch", "http://localhost:8000/ws")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "ws://localhost:8000/ws" in done.stderr
