"""Whatever dies, and however: nothing of the program is left running."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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
    wait_for(lambda: len(children(process.pid)) == 2, START_LIMIT_S)  # the probe and the lab
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_probe_and_lab_end_with_the_window(window: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    offspring = children(window.pid)
    if number is signal.SIGINT:
        wait_for(lambda: cpu_seconds(window.pid) > 0.5, START_LIMIT_S)  # past the imports

    window.send_signal(number)

    window.wait(START_LIMIT_S)
    wait_for(lambda: not any(map(is_running, offspring)), END_LIMIT_S)


def test_a_window_that_stands_still_and_is_killed_leaves_nothing(window: "subprocess.Popen[bytes]") -> None:
    offspring = children(window.pid)
    window.send_signal(signal.SIGSTOP)

    window.kill()

    window.wait(START_LIMIT_S)
    wait_for(lambda: not any(map(is_running, offspring)), END_LIMIT_S)


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


def wait_for(condition: Callable[[], bool], limit_s: float) -> None:
    """Wait until `condition` holds; fail after `limit_s`."""
    deadline_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline_s, f"not within {limit_s} s"
        time.sleep(0.02)  # other processes: there is nothing to wait on
