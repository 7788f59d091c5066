"""The way out of the probe: never blocks whoever measures, however slowly the parent reads.

It writes in the measuring loop itself, in small pieces and only what the pipe takes at once: a thread of its own
would hold the interpreter's lock when a round trip wants it.
"""

import asyncio
import logging
import os
import select
import time

from wsmonitor.engine.admission import Admission
from wsmonitor.facts.errors import ChannelError
from wsmonitor.facts.events import AnyEvent
from wsmonitor.probe import channel
from wsmonitor.probe.backlog import Backlog

log = logging.getLogger(__name__)

BATCH_BYTES = 32 * 1024
"""One piece: some 60 us of work."""
PIECES_A_TURN = 4


class Outlet:
    """Writes frames to a pipe of its own, which is made not to block; they wait in a bounded backlog meanwhile."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._loop = asyncio.get_running_loop()
        self._backlog = Backlog()
        self._piece = memoryview(b"")
        self._waits = self._is_broken = False
        os.set_blocking(fd, False)

    def refill(self, admission: Admission) -> None:
        """Begin a new while of `admission`: how much the reader takes is known here."""
        self._backlog.refill(admission, time.monotonic_ns())
        self._write_unless_waiting()

    def send(self, *items: "channel.Frame | AnyEvent") -> None:
        """Pass on frames and events, in order as far as the reader keeps up; never blocks."""
        for item in items:
            self._backlog.add(item)
        self._write_unless_waiting()

    def close(self, patience_s: float) -> None:
        """Write what waits, until nobody has read anything for `patience_s`."""
        self._wait(waits=False)
        while not self._write():
            _, writable, _ = select.select([], [self._fd], [], patience_s)
            if not writable:
                return

    def _write_unless_waiting(self) -> None:
        if not self._waits:
            self._wait(waits=not self._write())

    def _writable(self) -> None:
        self._wait(waits=not self._write())

    def _write(self) -> bool:
        """Write a few pieces; true if nothing is left that anybody would read."""
        for _ in range(0 if self._is_broken else PIECES_A_TURN):
            if not self._piece:
                frames = self._backlog.take(time.monotonic_ns(), BATCH_BYTES)
                if not frames:
                    return True
                self._piece = memoryview(b"".join(map(_encoded, frames)))
            try:
                self._piece = self._piece[os.write(self._fd, self._piece) :]
            except BlockingIOError:
                return False
            except OSError:  # nobody reads: the end of stdin will end us
                self._is_broken = True
                return True
        return self._is_broken or not (self._piece or self._backlog)

    def _wait(self, *, waits: bool) -> None:
        if waits != self._waits:
            self._waits = waits
            if waits:
                self._loop.add_writer(self._fd, self._writable)
            else:
                self._loop.remove_writer(self._fd)


def _encoded(frame: channel.Frame) -> bytes:
    try:
        if isinstance(frame, channel.Batch):
            return b"".join(channel.encode_batch(frame))
        return channel.encode(frame)
    except ChannelError as error:  # all that peers say is bounded far below
        log.error("left out: %s", error)
        return b""
