"""`wsmonitor probe`: the measuring process. It speaks the channel of `probe/channel.py` on stdin and stdout."""

import os

from wsmonitor.program import ends_with_parent


def main(args: list[str]) -> int:
    """Serve until stdin ends, and end this process."""
    with ends_with_parent():
        from wsmonitor.probe import server
    os._exit(server.main())  # everything is closed: to take an interpreter apart takes as long as a closing handshake
