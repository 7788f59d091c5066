"""Facts that wait to be written to a reader that may be slow: bounded, and honest about what was lost.

Past the bound payloads go first, then the oldest samples, each counted; a change of state, a closure
or anything else that a verdict rests on is never dropped.
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

SAMPLES = (RttSample, TcpSample, Message, Control, LoopLag, MessageStatus, OutboxChanged)
EVENT_BYTES = 160
"""What an event takes on the wire, its payload aside; an estimate is enough for a bound."""

LIMIT_BYTES = 8 * 1024 * 1024


class Backlog:
    """A queue of events bounded by their size in bytes."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._events: deque[AnyEvent] = deque()
        self._bytes = 0
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._events)

    def add(self, event: AnyEvent) -> None:
        """Queue an event, shrinking what waits if it has become too much."""
        self._events.append(event)
        self._bytes += _size_bytes(event)
        if self._bytes > self._limit_bytes:
            self._shrink()

    def take(self, at_ns: int, limit_bytes: int) -> list[AnyEvent]:
        """The oldest events, up to about `limit_bytes`; what was dropped is said first."""
        taken: list[AnyEvent] = []
        if self._dropped:
            taken.append(SamplesDropped(at_ns=at_ns, count=self._dropped))
            self._dropped = 0
        size_bytes = 0
        while self._events and size_bytes < limit_bytes:
            event = self._events.popleft()
            size_bytes += _size_bytes(event)
            taken.append(event)
        self._bytes -= size_bytes
        return taken

    def _shrink(self) -> None:
        """Get below half of the bound, so that shrinking stays rare."""
        goal_bytes = self._limit_bytes // 2
        self._events = deque(_without_payload(event) for event in self._events)
        self._bytes = sum(map(_size_bytes, self._events))
        kept: deque[AnyEvent] = deque()
        while self._events:
            event = self._events.popleft()
            if self._bytes > goal_bytes and isinstance(event, SAMPLES):
                self._bytes -= _size_bytes(event)
                self._dropped += 1
            else:
                kept.append(event)
        self._events = kept


def _size_bytes(event: AnyEvent) -> int:
    return EVENT_BYTES + (len(event.payload) if isinstance(event, Message | Control) else 0)


def _without_payload(event: AnyEvent) -> AnyEvent:
    return structs.replace(event, payload=b"") if isinstance(event, Message) and event.payload else event
