"""Long work in a thread: told of in the window, with progress, and cancelled there."""

import logging
import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from wsmonitor.facts.errors import WsmonitorError

log = logging.getLogger(__name__)


class Progress:
    """What the work reports to and asks; from its thread."""

    def __init__(self) -> None:
        self.tell: Callable[[object], object] = _to_nobody
        """Hand over what is there before the work is done."""
        self.share: float | None = None
        """How much is done, 0 to 1; `None` where nobody can tell."""
        self._cancelled = threading.Event()

    def report(self, share: float) -> None:
        """Say how much is done."""
        self.share = share

    def cancel(self) -> None:
        """Ask the work to stop."""
        self._cancelled.set()

    def is_cancelled(self) -> bool:
        """Whether it shall stop."""
        return self._cancelled.is_set()


Work = Callable[[Progress], object]


def _to_nobody(found: object) -> None:
    pass


class Job(QObject):
    """`done` carries what the work returned, `failed` one sentence; empty where it was cancelled.

    `told` carries what the work hands over before that.
    """

    told = Signal(object)
    done = Signal(object)
    failed = Signal(str)

    def __init__(self, title: str, work: Work, parent: QObject) -> None:
        super().__init__(parent)
        self.title = title
        self.progress = Progress()
        self.progress.tell = self.told.emit
        self._work = work
        self._thread = threading.Thread(target=self._run, name=f"job: {title}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Ask the work to stop; it says `failed` once it did."""
        self.progress.cancel()

    def wait(self, timeout_s: float) -> None:
        """Wait for the end; only while quitting."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            result = self._work(self.progress)
        except WsmonitorError as error:
            self.failed.emit("" if self.progress.is_cancelled() else str(error))
        except Exception as error:
            log.exception("%s failed", self.title)
            self.failed.emit(f"{self.title} failed, see the log: {error}")
        else:
            self.done.emit(result)
