"""Facts that wait to be written to a reader that may be slow: bounded, and honest about what was lost.

Past the bound payloads go first, then the oldest samples, each counted; a change of state, a closure
or anything else that a verdict rests on is never dropped. Answers to commands wait in the same queue:
none overtakes the events before it.
"""

from collections import deque

from msgspec import structs

from wsmonitor.events import (
    AnyEvent,
    Control,
    LoopLag,
    Message,
    MessageStatus,
    OutboxChanged,
    RttSample,
    SamplesDropped,
    TcpSample,
)
from wsmonitor.probe import wire

Item = AnyEvent | wire.Frame

SAMPLES = (RttSample, TcpSample, Message, Control, LoopLag, MessageStatus, OutboxChanged)
EVENT_BYTES = 160
"""What an event takes on the wire, its payload aside; an estimate is enough for a bound."""

LIMIT_BYTES = 8 * 1024 * 1024


class Backlog:
    """A queue of events and answers, bounded by the size of the events in bytes."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._shrink_at_bytes = limit_bytes
        self._items: deque[Item] = deque()
        self._bytes = 0
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: Item) -> None:
        """Queue an event or an answer, shrinking what waits if it has become too much."""
        self._items.append(item)
        self._bytes += _size_bytes(item)
        if self._bytes > self._shrink_at_bytes:
            self._shrink()

    def take(self, at_ns: int, limit_bytes: int) -> list[wire.Frame]:
        """The oldest of what waits, up to about `limit_bytes`, as frames; what was dropped is said first."""
        frames: list[wire.Frame] = []
        events: list[AnyEvent] = []
        if self._dropped:
            events.append(SamplesDropped(at_ns=at_ns, count=self._dropped))
            self._dropped = 0
        size_bytes = 0
        while self._items and size_bytes < limit_bytes:
            item = self._items.popleft()
            size_bytes += _size_bytes(item)
            if not isinstance(item, wire.Frame):
                events.append(item)
                continue
            if events:
                frames.append(wire.Batch(events=events))
                events = []
            frames.append(item)
        self._bytes -= size_bytes
        self._shrink_at_bytes = max(self._limit_bytes, min(self._shrink_at_bytes, 2 * self._bytes))
        return [*frames, wire.Batch(events=events)] if events else frames

    def _shrink(self) -> None:
        """Get below half of the bound, so that shrinking stays rare; what may not go may double until the next time."""
        goal_bytes = self._limit_bytes // 2
        self._drop_payloads()
        kept: deque[Item] = deque()
        for item in self._items:
            if self._bytes > goal_bytes and isinstance(item, SAMPLES):
                self._bytes -= _size_bytes(item)
                self._dropped += 1
            else:
                kept.append(item)
        self._items = kept
        self._shrink_at_bytes = max(self._limit_bytes, 2 * self._bytes)

    def _drop_payloads(self) -> None:
        bare: deque[Item] = deque()
        for item in self._items:
            if isinstance(item, Message) and item.payload:
                self._bytes -= len(item.payload)
                self._dropped += 1
                bare.append(structs.replace(item, payload=b""))
            else:
                bare.append(item)
        self._items = bare


def _size_bytes(item: Item) -> int:
    return EVENT_BYTES + (len(item.payload) if isinstance(item, Message | Control) else 0)
