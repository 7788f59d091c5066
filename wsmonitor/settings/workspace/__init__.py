"""The workspace file (TOML): which endpoints to monitor and how, and the texts one likes to send."""

from wsmonitor.settings.snippet import Snippet
from wsmonitor.settings.workspace.reading import Workspace, joined, load, loads
from wsmonitor.settings.workspace.writing import dumps, save

__all__ = ["Snippet", "Workspace", "dumps", "joined", "load", "loads", "save"]
