"""Painting yields to measuring."""

import os
import sys
import threading

import pytest

from wsmonitor.probe.launch import NICENESS, yield_to_measuring


@pytest.mark.skipif(sys.platform != "linux", reason="priorities are per thread on Linux only")
def test_only_the_painting_thread_and_what_it_starts_yields() -> None:
    found: list[int] = []

    def paint() -> None:
        yield_to_measuring()
        found.append(os.getpriority(os.PRIO_PROCESS, 0))

    before = os.getpriority(os.PRIO_PROCESS, 0)
    thread = threading.Thread(target=paint)
    thread.start()
    thread.join()

    assert found == [NICENESS]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
