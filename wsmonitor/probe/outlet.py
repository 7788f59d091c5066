"""The way out of the probe: never blocks whoever measures, however slowly the parent reads.

It writes in the measuring loop itself, in small pieces and only what the pipe takes at once: a thread of its own
would hold the interpreter's lock when a round trip wants it. What waits is bounded, and honest about what was
lost: past the bound payloads go first, then the oldest samples, each counted; where that happens, part of them is
let by from then on before it becomes an event (`engine/admission.py`). A change of state, a closure or anything
else that a verdict rests on is never dropped. Of messages it is told how many there were, and when, in their place
among the events. Answers to commands wait in the same queue: none overtakes the events before it.
"""

import asyncio
import logging
import os
import select
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from msgspec import structs

from wsmonitor.engine.admission import Admission
from wsmonitor.facts.errors import ChannelError
from wsmonitor.facts.events import (
    AnyEvent,
    Control,
    Message,
    OpenFailed,
    PhaseDone,
    SamplesDropped,
)
from wsmonitor.facts.tally import Tally
from wsmonitor.probe import channel

Item = AnyEvent | channel.Frame

EVENT_BYTES = 160
"""What an event takes on the wire, its payload aside; an estimate is enough for a bound."""

LIMIT_BYTES = 8 * 1024 * 1024
log = logging.getLogger(__name__)

BATCH_BYTES = 32 * 1024
"""One piece: some 60 us of work."""
PIECES_A_TURN = 4


class Backlog:
    """A queue of events and answers, bounded by the size of the events in bytes.

    Every `add` costs about the same, also past the bound: it runs in the measuring loop. What waits is cut
    in three, oldest first: what may not go, what may go next, and what has not been looked at.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._kept: deque[Item] = deque()
        self._bare: deque[Item] = deque()
        self._fresh: deque[Item] = deque()
        self._bytes = 0
        self._dropped = Tally()
        self._overflowed_payloads = self._overflowed_samples = False

    def __len__(self) -> int:
        return len(self._kept) + len(self._bare) + len(self._fresh)

    def refill(self, admission: Admission, at_ns: int) -> None:
        """Begin a new while of `admission`, and queue word of what it let by in the last one."""
        payloads, samples = self._overflowed_payloads, self._overflowed_samples
        self._overflowed_payloads = self._overflowed_samples = False
        admission.unlisted.count += admission.payloads.refill(overflowed=payloads, behind=self._is_behind)
        admission.messages.refill(overflowed=samples, behind=self._is_behind)
        if (unlisted := admission.unlisted.take(at_ns)) is not None:
            self.add(unlisted)

    def add(self, item: Item) -> None:
        """Queue an event or an answer; past the bound the oldest payload or sample goes for it."""
        self._fresh.append(item)
        self._bytes += _size_bytes(item)
        while self._bytes > self._limit_bytes and (self._fresh or self._bare):
            if self._fresh:
                self._bare.append(self._without_payload(self._fresh.popleft()))
            else:
                self._drop_or_keep(self._bare.popleft())

    def take(self, at_ns: int, limit_bytes: int) -> list[channel.Frame]:
        """The oldest of what waits, up to about `limit_bytes`, as frames; what was dropped before it is said first."""
        frames: list[channel.Frame] = []
        events: list[AnyEvent] = []
        if (dropped := self._dropped.take(at_ns)) is not None:
            events.append(dropped)
        size_bytes = 0
        while size_bytes < limit_bytes and (oldest := self._kept or self._bare or self._fresh):
            item = oldest.popleft()
            size_bytes += _size_bytes(item)
            if not isinstance(item, channel.Frame):
                events.append(item)
                continue
            if events:
                frames.append(channel.Batch(events=events))
                events = []
            frames.append(item)
        self._bytes -= size_bytes
        return [*frames, channel.Batch(events=events)] if events else frames

    @property
    def _is_behind(self) -> bool:
        """True where an eighth of what may wait does wait."""
        return self._bytes > self._limit_bytes // 8

    def _without_payload(self, item: Item) -> Item:
        if not isinstance(item, Message) or not item.payload:
            return item
        self._bytes -= len(item.payload)
        self._dropped.count += 1
        self._overflowed_payloads = True
        return structs.replace(item, payload=b"")

    def _drop_or_keep(self, item: Item) -> None:
        if not isinstance(item, channel.Frame) and item.is_sample:
            self._bytes -= _size_bytes(item)
            self._dropped.add(item)
            self._overflowed_samples = True
        else:
            self._kept.append(item)


def _size_bytes(item: Item) -> int:
    """By its type alone where that is enough: this runs for every event in the measuring loop."""
    more = _MORE_BYTES.get(type(item))
    return EVENT_BYTES if more is None else EVENT_BYTES + more(item)


def _payload_bytes(event: Message | Control) -> int:
    return len(event.payload)


def _detail_bytes(event: OpenFailed | PhaseDone) -> int:
    """They carry what the peer answered."""
    return sum(len(name) + len(value) for name, value in event.detail.items())


def _unlisted_bytes(event: SamplesDropped) -> int:
    return EVENT_BYTES * len(event.unlisted)


_MORE_BYTES: dict[type, Callable[[Any], int]] = {
    Message: _payload_bytes,
    Control: _payload_bytes,
    OpenFailed: _detail_bytes,
    PhaseDone: _detail_bytes,
    SamplesDropped: _unlisted_bytes,
}


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
