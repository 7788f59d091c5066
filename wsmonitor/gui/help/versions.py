"""Which versions run here: text for a bug report. No Qt import beyond its version."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from wsmonitor import __version__
from wsmonitor.gui.start.log_file import log_file
from wsmonitor.gui.start.remembered import settings_file

_PACKAGES = ("PySide6-Essentials", "pyqtgraph", "qasync", "websockets", "numpy", "msgspec", "click")


def versions() -> str:
    """One line each."""
    lines = [
        f"wsmonitor {__version__}",
        f"Python {platform.python_version()} ({sys.executable})",
        f"Qt {qVersion()}, platform {QGuiApplication.platformName() or 'none'}",
        *(f"{name} {_version(name)}" for name in _PACKAGES),
        f"System {platform.platform()}, {platform.machine()}",
        f"Log file {log_file()}",
        f"Settings {settings_file()}",
    ]
    return "\n".join(lines)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
