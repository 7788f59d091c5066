"""What asyncio logs of writes to a transport that is gone: ours to know, and nothing for the user's terminal.

Control frames may still be written between the loss and the news of it; the closure that follows tells the
story. A proxy that ends the connection instead of answering is told to websockets 17 twice, which the second
time raises; the failed opening tells that story. Everything else that asyncio logs stays as loud as it is.
"""

import logging

log = logging.getLogger(__name__)

_WRITES_IN_VAIN = frozenset({"socket.send() raised exception.", "SSL connection is closed"})


class _Demoting(logging.Filter):
    """Passes everything on but what is told elsewhere, which goes to our own log at DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg not in _WRITES_IN_VAIN and not _is_second_end(record):
            return True
        log.debug("asyncio: %s", record.msg)
        return False


def _is_second_end(record: logging.LogRecord) -> bool:
    raised = record.exc_info[1] if record.exc_info else None
    return isinstance(raised, EOFError) and raised.args == ("stream ended",)


_DEMOTING = _Demoting()


def hush() -> None:
    """From now on that is logged at DEBUG; to be called once or more."""
    logging.getLogger("asyncio").addFilter(_DEMOTING)
