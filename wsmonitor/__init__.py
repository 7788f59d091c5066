"""wsmonitor: see who ended a WebSocket connection, how, and why."""

__version__ = "0.1.0"  # pyproject.toml takes it from here; asking the installed package would cost 40 ms at every start
