"""wsmonitor: see who ended a WebSocket connection, how, and why."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("wsmonitor")
except PackageNotFoundError:  # started from a checkout that was never installed
    __version__ = "0+uninstalled"
