"""How this program starts a process of itself: from an installation, or from a frozen bundle (PyInstaller)."""

import gc
import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_LOOK_MS = 100


def own_command(*words: str) -> list[str]:
    """The command line of `wsmonitor WORDS` with the same program files as this process.

    A frozen program's executable is wsmonitor itself and takes no options of an interpreter.
    """
    if is_frozen():
        return [sys.executable, *words]
    return [sys.executable, "-P", "-m", "wsmonitor", *words]  # -P: the user's folder shadows no library


def is_frozen() -> bool:
    """True in a program that was frozen into a bundle: there is no interpreter to start."""
    return bool(getattr(sys, "frozen", False))


def collect_rarely() -> None:
    """What is loaded by now stays: it is not looked at for garbage again, and the rest once many objects came to be.

    With the interpreter's own thresholds thousands of connections that open cost as much again.
    """
    gc.freeze()
    gc.set_threshold(10_000, 4, 200)


def collect_no_more() -> None:
    """This process ends soon, and its memory with it: to look through that of thousands of connections takes seconds.

    The interpreter does so at its end as well, but for what is frozen.
    """
    gc.disable()
    gc.freeze()


def allow_all_descriptors() -> None:
    """Open as many files and connections as this process may at most, not only the 1,024 of most shells."""
    if resource is None:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # macOS may refuse its own "no limit"
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@contextmanager
def ends_with_parent() -> Iterator[None]:
    """While this lasts this process ends at once with its stdin: whoever started it has ended, or wants it no more.

    For what is imported before anything listens to stdin: on a busy machine that takes seconds. What was written
    before stdin ended is left to who will read it; the process goes on then.
    """
    if not hasattr(select, "poll"):  # Windows
        yield
        return
    is_over = threading.Event()
    threading.Thread(target=_watch_parent, args=(is_over,), name="parent", daemon=True).start()
    try:
        yield
    finally:
        is_over.set()


def _watch_parent(is_over: threading.Event) -> None:
    ended, unread = select.poll(), select.poll()
    ended.register(0, select.POLLHUP)
    unread.register(0, select.POLLIN)
    while not is_over.is_set():
        if ended.poll(_LOOK_MS):
            if any(found & select.POLLIN for _, found in unread.poll(0)):
                return
            if not is_over.is_set():
                os._exit(0)
