"""The way out of the probe: never blocks whoever measures, however slowly the parent reads."""

import logging
import os
import threading
import time
from collections.abc import Iterator

from wsmonitor.engine.admission import Admission
from wsmonitor.facts.errors import ChannelError
from wsmonitor.facts.events import AnyEvent
from wsmonitor.probe import channel
from wsmonitor.probe.backlog import Backlog

log = logging.getLogger(__name__)

BATCH_BYTES = 256 * 1024


class Outlet:
    """Writes frames to a descriptor in a thread of its own; they wait in a bounded backlog meanwhile."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._backlog = Backlog()
        self._changed = threading.Condition()
        self._closing = False
        self._written_bytes = 0
        self._thread = threading.Thread(target=self._write, name="events", daemon=True)
        self._thread.start()

    def refill(self, admission: Admission) -> None:
        """Begin a new while of `admission`: how much the reader takes is known here."""
        with self._changed:
            self._backlog.refill(admission, time.monotonic_ns())
            self._changed.notify()

    def send(self, *items: "channel.Frame | AnyEvent") -> None:
        """Pass on frames and events, in order as far as the reader keeps up; never blocks."""
        with self._changed:
            for item in items:
                self._backlog.add(item)
            self._changed.notify()

    def close(self, patience_s: float) -> None:
        """Write what waits, until nobody has read anything for `patience_s`."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        before = -1
        while self._thread.is_alive() and before != self._written_bytes:
            before = self._written_bytes
            self._thread.join(patience_s)

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._backlog or self._closing)
                frames = self._backlog.take(time.monotonic_ns(), BATCH_BYTES)
                if not frames and self._closing:
                    return
            try:
                for frame in frames:
                    for data in _encoded(frame):
                        self._write_all(data)
            except OSError:
                return  # nobody reads: the end of stdin will end us

    def _write_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.write(self._fd, view)
            self._written_bytes += written
            view = view[written:]


def _encoded(frame: channel.Frame) -> Iterator[bytes]:
    try:
        if isinstance(frame, channel.Batch):
            yield from channel.encode_batch(frame)
        else:
            yield channel.encode(frame)
    except ChannelError as error:  # all that peers say is bounded far below
        log.error("left out: %s", error)
