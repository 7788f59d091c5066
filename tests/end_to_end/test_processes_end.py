"""Whatever dies, and however: nothing of the program is left running."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection

from tests.cli.watch.test_command import server
from tests.waiting import until, until_async

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")

START_LIMIT_S = 30.0
END_LIMIT_S = 2.0
"""The promise: no process of ours survives its parent longer than this."""

COMMAND_END_LIMIT_S = 3.0
"""A second is promised; a crowded machine gets three."""


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


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("words", [["watch"], ["check"], ["check", "--churn", "50"]], ids=" ".join)
@pytest.mark.parametrize("is_mute", [False, True], ids=["healthy", "mute"])
async def test_a_command_ends_within_a_second_and_its_probe_with_it(
    words: list[str], number: signal.Signals, *, is_mute: bool
) -> None:
    opened, over = asyncio.Event(), asyncio.Event()

    async def handle(ws: ServerConnection) -> None:
        opened.set()
        if is_mute:
            ws.transport.pause_reading()  # no Close is ever answered
            await over.wait()
            ws.transport.abort()
        await ws.wait_closed()

    async with server(handle) as url:
        command = [sys.executable, "-P", "-m", "wsmonitor", *words, url]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
        await asyncio.wait_for(opened.wait(), START_LIMIT_S)
        offspring = children(process.pid)
        began_s = time.monotonic()
        process.send_signal(number)
        code = await asyncio.wait_for(process.wait(), START_LIMIT_S)
        took_s = time.monotonic() - began_s
        await until_async("nobody left", lambda: not any(map(is_running, offspring)), limit_s=END_LIMIT_S)
        over.set()

    assert len(offspring) == 1
    assert code == (130 if number is signal.SIGINT else -9)
    assert took_s < COMMAND_END_LIMIT_S


async def test_a_watch_whose_probe_is_killed_goes_on_and_says_that_something_is_missing() -> None:
    async with server() as url:
        command = [sys.executable, "-P", "-m", "wsmonitor", "watch", url, "--duration", "3s"]
        pipe = subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
        assert process.stdout is not None
        while b"open" not in await asyncio.wait_for(process.stdout.readline(), START_LIMIT_S):
            pass
        (probe,) = children(process.pid)
        os.kill(probe, signal.SIGKILL)
        out, err = await asyncio.wait_for(process.communicate(), START_LIMIT_S)

    assert process.returncode == 1
    assert b"measurement stopped: killed by signal 9" in out
    assert b"2 connections" in out
    assert b"the measuring process ended (killed by signal 9)" in err


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
