"""`wsmonitor probe`: the measuring process. It speaks the channel of `probe/channel.py` on stdin and stdout."""


def main(args: list[str]) -> int:
    """Serve until stdin ends. Imports nothing before the server has moved descriptor 1 aside."""
    from wsmonitor.probe import server

    return server.main()
