"""The log of the window: a file that rotates where the platform keeps such files, warnings on stderr as well. No Qt."""

import contextlib
import logging
import logging.handlers
import sys
from pathlib import Path
from types import TracebackType

import platformdirs

_BYTES = 1_000_000
_FILES = 3
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

log = logging.getLogger(__name__)


def log_file() -> Path:
    """Where the log is."""
    return platformdirs.user_log_path("wsmonitor") / "wsmonitor.log"


def start_log() -> None:
    """Log from now on; without the file where it cannot be written."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    to_stderr = logging.StreamHandler()
    to_stderr.setLevel(logging.WARNING)
    handlers: list[logging.Handler] = [to_stderr]
    with contextlib.suppress(OSError):
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handlers.append(
            logging.handlers.RotatingFileHandler(log_file(), maxBytes=_BYTES, backupCount=_FILES - 1, encoding="utf-8")
        )
    for handler in handlers:
        handler.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(handler)
    sys.excepthook = _log_uncaught


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A bug in a slot of Qt ends up here: the window goes on, the log knows."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        log.critical("a bug in wsmonitor", exc_info=(kind, error, trace))
