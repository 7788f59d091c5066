"""Painting yields to measuring: where both want the same processor, the window waits."""

import contextlib
import os

NICENESS = 5


def yield_to_measuring() -> None:
    """Lower the priority of this thread.

    On Linux that is this thread alone and those that it starts; the one that starts the probe (again) is older
    and keeps its own. Elsewhere it would be the whole process, and a probe that is started again with it.
    """
    if hasattr(os, "sched_getaffinity"):  # Linux
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
