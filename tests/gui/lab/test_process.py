"""The lab's process: however it behaves, nobody waits for it."""

import subprocess
import sys

import pytest

from wsmonitor.gui.lab.process import Lab

DEAF = 'import time; print(\'{"port": 1, "scenarios": []}\', flush=True); time.sleep(600)'
"""Listens, it says, and does not care for the end of its stdin."""


@pytest.fixture
def deaf() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", DEAF], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_closing_a_lab_that_does_not_end_returns_at_once_and_ends_it_behind(deaf: "subprocess.Popen[bytes]") -> None:
    lab = Lab(deaf)
    assert lab.running.result(20).port == 1

    lab.close()
    assert deaf.poll() is None, "nobody waited for it"
    lab.close()
    lab.join(20)

    assert deaf.poll() == -9
    assert deaf.stdout is not None
    assert deaf.stdout.closed
