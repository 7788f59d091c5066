"""Starts the probe's process: before anything else is imported, for it takes as long to be there as the window does."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

from wsmonitor.program import own_command

NICENESS = 5
"""Painting, folding and printing yield to measuring: where both want the same processor, they wait."""

Launch = Callable[[], "subprocess.Popen[bytes]"]
"""Starts a process with pipes for its stdin and stdout, at the other end of which a probe speaks.

Raises `OSError` where it cannot be started.
"""


def start_process() -> "subprocess.Popen[bytes]":
    """The process, with pipes to it; it ends when its stdin ends."""
    command = own_command("probe")
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP  # Ctrl+C is for us, not for the probe
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, creationflags=flags)
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, process_group=0)


def yield_to_measuring() -> None:
    """Lower the priority of this thread.

    On Linux that is this thread alone and those that it starts; the one that starts the probe (again) is older
    and keeps its own. Elsewhere it would be the whole process, and a probe that is started again with it.
    """
    if hasattr(os, "sched_getaffinity"):  # Linux
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
