"""Whatever dies, and however: nothing of the program is left running."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.waiting import until

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")

START_LIMIT_S = 30.0
END_LIMIT_S = 2.0
"""The promise: no process of ours survives its parent longer than this."""


@pytest.fixture
def window() -> Iterator["subprocess.Popen[bytes]"]:
    """The window on the embedded lab, as `make run` starts it, painting offscreen."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "wsmonitor", "--lab"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until("the probe and the lab", lambda: len(children(process.pid)) == 2, limit_s=START_LIMIT_S)
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_probe_and_lab_end_with_the_window(window: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    offspring = children(window.pid)
    if number is signal.SIGINT:
        until("the imports", lambda: cpu_seconds(window.pid) > 0.5, limit_s=START_LIMIT_S)

    window.send_signal(number)

    window.wait(START_LIMIT_S)
    until("nobody left", lambda: not any(map(is_running, offspring)), limit_s=END_LIMIT_S)


def test_a_window_that_stands_still_and_is_killed_leaves_nothing(window: "subprocess.Popen[bytes]") -> None:
    offspring = children(window.pid)
    window.send_signal(signal.SIGSTOP)

    window.kill()

    window.wait(START_LIMIT_S)
    until("nobody left", lambda: not any(map(is_running, offspring)), limit_s=END_LIMIT_S)


def children(pid: int) -> list[int]:
    """The process ids of the direct children of `pid`."""
    return [number for number in map(int, filter(str.isdigit, os.listdir("/proc"))) if parent(number) == pid]


def parent(pid: int) -> int:
    """The process id of the parent of `pid`; 0 if there is no such process any more."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def is_running(pid: int) -> bool:
    """False once the process is gone or only waits to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def cpu_seconds(pid: int) -> float:
    """CPU time that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
