"""How this program starts a process of itself: from an installation, or from a frozen bundle (PyInstaller)."""

import sys


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
