"""What asyncio logs of writes to a transport that is gone: ours to know, and nothing for the user's terminal.

Control frames may still be written between the loss and the news of it; the closure that follows tells the
story. Everything else that asyncio logs stays as loud as it is.
"""

import logging

log = logging.getLogger(__name__)

_WRITES_IN_VAIN = frozenset({"socket.send() raised exception.", "SSL connection is closed"})


class _Demoting(logging.Filter):
    """Passes everything on but writes in vain, which go to our own log at DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg not in _WRITES_IN_VAIN:
            return True
        log.debug("asyncio: %s", record.msg)
        return False


_DEMOTING = _Demoting()


def hush() -> None:
    """From now on writes in vain are logged at DEBUG; to be called once or more."""
    logging.getLogger("asyncio").addFilter(_DEMOTING)
