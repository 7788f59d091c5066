"""Ctrl+C, whatever the window is in the middle of: dialling into nothing, flooded, closing on deaf peers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.test_processes_end import children, cpu_seconds, is_running
from tests.waiting import until

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")

START_LIMIT_S = 30.0
END_LIMIT_S = 2.0
SLACK_S = 2.0
"""The other tests run at the same time: the promise is for a machine that has a core to spare."""


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
    with subprocess.Popen(
        command,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        until("the probe", lambda: len(children(process.pid)) == 1, limit_s=START_LIMIT_S)
        until("the window", lambda: cpu_seconds(process.pid) > 1.0, limit_s=START_LIMIT_S)
        offspring = children(process.pid)

        process.send_signal(signal.SIGINT)
        started = time.monotonic()

        try:
            _, errors = process.communicate(timeout=START_LIMIT_S)
        finally:
            process.kill()
        took_s = time.monotonic() - started

    assert process.returncode == 0
    assert b"Traceback" not in errors
    assert took_s < END_LIMIT_S + SLACK_S
    until("nobody left", lambda: not any(map(is_running, offspring)), limit_s=END_LIMIT_S)
