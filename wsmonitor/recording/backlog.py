"""What waits to be written: bounded, and whoever puts something in never waits."""

import threading
import time
from collections.abc import Iterable

from wsmonitor.facts.event import Event
from wsmonitor.facts.events import Message
from wsmonitor.facts.tally import Tally
from wsmonitor.recording.store import Item

LIMIT_BYTES = 128 * 1024 * 1024
_ITEM_BYTES = 300


class Backlog:
    """Past its bound it refuses samples and messages, counts them, and never a change of state or a closure."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self.refused = 0
        self._untold = Tally()
        self._limit_bytes = limit_bytes
        self._items: list[Item] = []
        self._bytes = 0
        self._is_closed = False
        self._changed = threading.Condition()

    def put(self, items: Iterable[Item]) -> None:
        """Take items in order; what comes after `close` is forgotten."""
        with self._changed:
            if self._is_closed:
                return
            for item in items:
                if isinstance(item, Event) and item.is_sample and self._bytes >= self._limit_bytes:
                    self.refused += 1
                    self._untold.add(item)
                    continue
                self._items.append(item)
                self._bytes += _ITEM_BYTES + (len(item.payload) if isinstance(item, Message) else 0)
            self._changed.notify()

    def close(self) -> None:
        """Nothing more will come."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def take(self, gather_s: float) -> list[Item] | None:
        """Everything that came within `gather_s` of the first item, and word of what was refused behind it.

        `None` once closed and empty.
        """
        with self._changed:
            self._changed.wait_for(lambda: bool(self._items) or self._is_closed)
            if not self._is_closed:
                self._changed.wait_for(lambda: self._is_closed, gather_s)
            items, self._items, self._bytes = self._items, [], 0
            if (refused := self._untold.take(time.monotonic_ns())) is not None:
                items.append(refused)
        return items or None

    def clear(self) -> None:
        """Forget what waits and take nothing more: there is nobody to write it."""
        with self._changed:
            self._is_closed = True
            self._items, self._bytes = [], 0
