"""Ctrl+C, whatever the window is in the middle of: dialling into nothing, flooded, closing on deaf peers."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.test_processes_end import children
from tests.faults.family import Family, listens_to_signals
from tests.faults.patience import Patience
from tests.waiting import until

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")

START_LIMIT_S = 30.0
END_LIMIT_S = 2.0
"""As promised; waits for a processor that other tests have do not count."""

ITS_OWN_SOCKETS = 2
"""An event loop wakes itself through a pair."""


@pytest.fixture
def lab() -> Iterator[dict[str, str]]:
    """URLs of a lab that runs as a process of its own, by scenario."""
    command = [sys.executable, "-P", "-m", "wsmonitor", "lab", "--until-stdin-ends"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        said = json.loads(process.stdout.readline())
        yield {scenario["id"]: scenario["url"] for scenario in said["scenarios"]}
        process.stdin.close()
        process.wait(5)


@pytest.mark.parametrize(
    "scenarios", [("hang_tcp", "hang_tls", "hang_http"), ("flood",), ("no_close_reply", "not_reading", "no_tcp_close")]
)
def test_the_window_ends_in_time(lab: dict[str, str], scenarios: tuple[str, ...]) -> None:
    command = [sys.executable, "-P", "-m", "wsmonitor", *(lab[name] for name in scenarios)]
    family = Family()
    with subprocess.Popen(
        command,
        env=family.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        until("the probe", lambda: len(children(process.pid)) == 1, limit_s=START_LIMIT_S)
        (probe,) = children(process.pid)
        until("the window", lambda: listens_to_signals(process.pid), limit_s=START_LIMIT_S)
        until("all dialled", lambda: sockets(probe) >= ITS_OWN_SOCKETS + len(scenarios), limit_s=START_LIMIT_S)

        process.send_signal(signal.SIGINT)

        try:
            until("the end", lambda: process.poll() is not None, limit_s=END_LIMIT_S, clock=Patience(family))
        finally:
            process.kill()
        _, errors = process.communicate()

    assert process.returncode == 0
    assert b"Traceback" not in errors
    until("nobody left", lambda: not family.members(), limit_s=END_LIMIT_S, clock=Patience(family))


def sockets(pid: int) -> int:
    """How many the process has."""
    return sum(
        os.path.realpath(one).rpartition("/")[2].startswith("socket:") for one in Path(f"/proc/{pid}/fd").glob("*")
    )
