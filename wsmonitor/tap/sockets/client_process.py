"""Which process is at the other end of a connection from this machine: who holds its socket, says `/proc`.

Only processes of our own user can be seen. It takes milliseconds, so it runs off the measuring loop.
"""

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wsmonitor.facts.tap_events import ProcessFate
from wsmonitor.tap.sockets.socket_number import socket_number

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class ClientProcess:
    """A process: its number and how it is called (`python worker.py`)."""

    pid: int
    name: str


def find_later(
    sock: socket.socket,
    likely: tuple[int, ...],
    found: Callable[[ClientProcess | None], None],
    is_wanted: Callable[[], bool],
) -> None:
    """Look for the process at the other end of `sock` in a thread, while it is wanted, and tell the running loop."""
    loop = asyncio.get_running_loop()
    try:
        local, peer = sock.getsockname()[:2], sock.getpeername()[:2]
    except OSError:  # it is gone already
        found(None)
        return

    def look() -> None:
        process = find(local, peer, likely, is_wanted)
        try:
            loop.call_soon_threadsafe(found, process)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more

    threading.Thread(target=look, name=f"process of {peer[1]}", daemon=True).start()


def find(
    local: tuple[str, int],
    peer: tuple[str, int],
    likely: tuple[int, ...] = (),
    is_wanted: Callable[[], bool] = lambda: True,
) -> ClientProcess | None:
    """The process whose socket is bound to `peer` and connected to `local`; `None` where nobody can tell.

    `likely` processes are looked at first: a client that comes back is mostly one that was there before.
    """
    if not sys.platform.startswith("linux"):
        return None
    try:
        number = socket_number(peer, local)
        if number is None:
            return None
        wanted = f"socket:[{number}]"
        for pid in (*likely, *_own_pids()):
            if not is_wanted():
                return None
            if _holds(pid, wanted):
                return ClientProcess(pid, _name_of(pid))
    except OSError:
        return None
    return None


def fate_of(process: ClientProcess | None) -> ProcessFate:
    """Whether the process lives; empty where there is none to ask about (Linux only).

    One that is ending is gone: its memory goes before its sockets do, and its command line with it.
    """
    if process is None:
        return ""
    try:
        with open(f"/proc/{process.pid}/cmdline", "rb") as file:
            return "lives" if file.read(1) else "gone"
    except OSError:
        return "gone"


def _own_pids() -> list[int]:
    """Processes of our user, newest first."""
    user = os.getuid()
    pids = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == user:
                    pids.append(int(entry.name))
            except OSError:
                continue
    return sorted(pids, reverse=True)


def _holds(pid: int, wanted: str) -> bool:
    try:
        with os.scandir(f"/proc/{pid}/fd") as entries:
            return any(_link(entry.path) == wanted for entry in entries)
    except OSError:
        return False


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _name_of(pid: int) -> str:
    try:
        return name_from(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return ""


def name_from(command_line: bytes) -> str:
    """`/usr/bin/python`, `/home/me/worker.py` -> `python worker.py`, bounded."""
    words = [word for word in command_line.split(b"\0") if word]
    if len(words) == 1:  # a title that the process gave itself, with its options in one piece: browsers do
        words = words[0].split(b" -")[:1]
    names = [Path(os.fsdecode(word)).name for word in words[:2] if not word.startswith(b"-")]
    return " ".join(names).encode("utf-8", "replace").decode()[:_LONGEST_NAME]
