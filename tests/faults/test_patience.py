"""The clock that stands while our threads wait for a processor that others have: it runs for whoever hangs or spins."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.family import Family
from tests.faults.patience import Patience
from tests.waiting import until

pytestmark = pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="asks the kernel who waits")

SPINS = "print(flush=True)\nwhile True: pass"
HANGS = "import threading; print(flush=True); threading.Event().wait()"
ONE_PROCESSOR = {min(os.sched_getaffinity(0))} if hasattr(os, "sched_getaffinity") else set()


@contextmanager
def running(source: str, times: int) -> Iterator[Family]:
    """So many processes that share one processor."""
    family = Family()
    command = [sys.executable, "-S", "-c", source]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, env=family.environ) for _ in range(times)]
    try:
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
            os.sched_setaffinity(process.pid, ONE_PROCESSOR)
        yield family
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def counted_share(family: Family, seconds: float) -> float:
    """How much of the real time counted until so many seconds had."""
    began_s, clock = time.monotonic(), Patience(family)
    until("time counts", lambda: clock() > seconds)
    return clock() / (time.monotonic() - began_s)


@pytest.mark.parametrize(("source", "times"), [(HANGS, 1), (SPINS, 5)], ids=["hangs", "spins, five on a processor"])
def test_a_limit_is_reached_by_who(source: str, times: int) -> None:
    with running(source, times) as family:
        assert counted_share(family, 0.1) > 0


def test_no_time_counts_while_others_have_the_processor() -> None:
    with running(SPINS, 3), running(SPINS, 1) as family:
        assert counted_share(family, 0.3) < 0.7
