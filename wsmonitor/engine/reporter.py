"""Says who an event is about."""

from collections.abc import Callable
from typing import TypedDict

from wsmonitor.events import AnyEvent

Publish = Callable[[AnyEvent], None]
"""Takes an event; quick, and never raises."""


class Who(TypedDict):
    """The fields that every event of a connection slot carries."""

    endpoint: str
    connection: int
    slot: int


class Reporter:
    """Publishes the events of one connection slot; `who` goes into each of them."""

    __slots__ = ("publish", "who")

    def __init__(self, publish: Publish, *, endpoint: str, slot: int, connection: int = 0) -> None:
        self.publish = publish
        self.who: Who = {"endpoint": endpoint, "connection": connection, "slot": slot}

    def count_open(self, connection: int) -> None:
        """From now on events are about this connection."""
        self.who = {**self.who, "connection": connection}
