"""The processes of one run of the program, found by a mark in their environment: an orphan cannot hide."""

import contextlib
import os
import signal
import uuid
from pathlib import Path

MARK = "WSMONITOR_TEST_FAMILY"
ROLES = {"probe": "probe", "lab": "lab", "lab-worker": "worker"}
"""A word of a command line -> what the process is; without one of them it is the one that was started."""


class Family:
    """Everything that descends from a process that was started with `environ`."""

    def __init__(self) -> None:
        self._mark = f"{MARK}={uuid.uuid4().hex}"
        self._strangers: set[int] = set()

    @property
    def environ(self) -> dict[str, str]:
        """The environment to start the first process with."""
        name, _, value = self._mark.partition("=")
        return {**os.environ, "QT_QPA_PLATFORM": "offscreen", name: value}

    def members(self) -> dict[int, str]:
        """Process id -> role of everybody who runs now."""
        pids = {int(name) for name in os.listdir("/proc") if name.isdigit()}
        self._strangers &= pids
        found = {}
        for pid in pids - self._strangers:
            entry = Path("/proc", str(pid))
            if self._is_one_of_us(entry):
                found[pid] = _role(entry)
        return found

    def one(self, role: str) -> int | None:
        """The process id of the one with that role, if there is one."""
        return next((pid for pid, its in sorted(self.members().items()) if its == role), None)

    def kill(self) -> None:
        """Leave nobody."""
        for pid in self.members():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _is_one_of_us(self, entry: Path) -> bool:
        try:
            environ = (entry / "environ").read_bytes().split(b"\0")
            if self._mark.encode() not in environ:
                if environ != [b""]:  # as it is while a program is being loaded
                    self._strangers.add(int(entry.name))
                return False
            return (entry / "stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
        except OSError:
            return False  # gone meanwhile, or not ours to look at


def _role(entry: Path) -> str:
    words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
    return next((role for word, role in ROLES.items() if word in words), "main")


def listens_to_signals(pid: int) -> bool:
    """True once the process catches SIGTERM: before that it would just die of it."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        caught = next(line.split()[1] for line in status if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)
