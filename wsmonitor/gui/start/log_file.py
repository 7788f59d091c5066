"""The log of the window: a file that rotates where the platform keeps such files, warnings on stderr as well. No Qt."""

import contextlib
import logging
import logging.handlers
import math
import sys
import traceback
from collections import Counter
from pathlib import Path
from types import TracebackType

import platformdirs

_BYTES = 1_000_000
_FILES = 3
_IN_FULL = 3
"""So many times a bug is logged with its traceback: one in a frame comes 30 times a second."""
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
    sys.excepthook = Uncaught()


class Uncaught:
    """A bug in a slot of Qt ends up here: the window goes on, the log knows, and is not filled by one that repeats."""

    def __init__(self) -> None:
        self._times: Counter[tuple[type[BaseException], tuple[str, int]]] = Counter()

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log the bug: its traceback the first times, a line at each tenfold after them."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        where = _raised_at(trace)
        self._times[kind, where] += 1
        times = self._times[kind, where]
        if times <= _IN_FULL:
            log.critical("a bug in wsmonitor", exc_info=(kind, error, trace))
        elif math.log10(times).is_integer():
            log.critical("the same bug for the %dth time: %s", times, kind.__name__)


def _raised_at(trace: TracebackType | None) -> tuple[str, int]:
    """File and line of the innermost frame."""
    frames = [*traceback.walk_tb(trace)]
    return (frames[-1][0].f_code.co_filename, frames[-1][1]) if frames else ("", 0)
