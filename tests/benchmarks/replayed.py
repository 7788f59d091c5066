"""The real window opens a recording, and jumps in it: `replayed FILE [jumps]` says a line of JSON (`Replayed`)."""

import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import msgspec

from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.facts.events import AnyEvent
from wsmonitor.probe import channel

PLACES = (0.5, 0.9, 0.1)


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds from the wish to the picture, and the most memory that was resident."""

    first_s: float
    complete_s: float
    jumps_s: list[float]
    peak_mb: float


class Nobody:
    """A probe that says nothing and takes every command."""

    def take(self) -> list[AnyEvent]:
        return []

    def call_on_arrival(self, arrived: object) -> None:
        pass

    def command(self, command: channel.Command) -> "Future[channel.Done]":
        return Future()


def main(path: Path, *, jumps: bool) -> None:
    """Open, wait, jump."""
    os.environ["PYQTGRAPH_QT_LIB"] = os.environ["QT_API"] = "PySide6"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from wsmonitor.analysis.analyzer import Analyzer
    from wsmonitor.gui.feed.frame_meter import FrameMeter
    from wsmonitor.gui.look.theme import Look
    from wsmonitor.gui.start.options import WindowOptions
    from wsmonitor.gui.start.session import Session
    from wsmonitor.gui.window.window import Window

    class Pictures(FrameMeter):
        """Knows when the last picture with endpoints was painted."""

        has_endpoints = False
        painted_s = 0.0

        def painted(self, seconds: float) -> float:
            if self.has_endpoints:
                self.painted_s = time.monotonic()
            return super().painted(seconds)

    application = QApplication(["wsmonitor"])
    application.setStyle("Fusion")
    look = Look("dark")
    look.apply()
    pictures = Pictures()
    analyzer = Analyzer(time.monotonic_ns(), time.time_ns())
    session = Session(Nobody(), analyzer, Window(look))  # type: ignore[arg-type]  # takes and commands
    session.window.meter = pictures
    session.window.resize_to(1400, 860)
    session.open(WindowOptions(), None)
    session.whole.monitor.plots.load()

    def note(snapshot: Snapshot, fresh: bool) -> None:
        pictures.has_endpoints = bool(snapshot.endpoints)

    session.bridge.snapshot_taken.connect(note)

    def until(reached: Callable[[], bool]) -> None:
        while not reached():
            application.processEvents()
            time.sleep(0.001)

    def picture_after(began_s: float) -> float:
        until(lambda: pictures.painted_s > began_s)
        return pictures.painted_s

    def is_free() -> bool:
        return not session.whole.monitor.jobs.is_busy

    until(lambda: session.whole.monitor.plots.stack is not None)
    began_s = time.monotonic()
    session.replay.open(path)
    first_s = picture_after(began_s) - began_s
    until(is_free)
    complete_s = picture_after(time.monotonic()) - began_s
    jumps_s = []
    for place in PLACES if jumps else ():
        asked_s = time.monotonic()
        session.replay._jump_to_share(place)
        until(is_free)
        jumps_s.append(picture_after(time.monotonic()) - asked_s)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    found = Replayed(first_s=first_s, complete_s=complete_s, jumps_s=jumps_s, peak_mb=peak_mb)
    print(msgspec.json.encode(found).decode(), flush=True)
    session.window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), jumps="jumps" in sys.argv)
