"""Says who an event is about."""

from collections.abc import Callable
from typing import TypedDict

from wsmonitor.engine.admission import Admission
from wsmonitor.facts.events import AnyEvent

Publish = Callable[[AnyEvent], None]
"""Takes an event; quick, and never raises."""


class Who(TypedDict):
    """The fields that every event of a connection slot carries."""

    endpoint: str
    connection: int
    slot: int


class Reporter:
    """Publishes the events of one connection slot; `who` goes into each of them."""

    __slots__ = ("admission", "connection", "endpoint", "publish", "slot")

    def __init__(
        self, publish: Publish, *, endpoint: str, slot: int, connection: int = 0, admission: Admission | None = None
    ) -> None:
        self.publish = publish
        self.endpoint = endpoint
        self.slot = slot
        self.connection = connection
        """The number of the connection that events are about from now on."""
        self.admission = admission or Admission()

    @property
    def who(self) -> Who:
        """To be unpacked; an event that comes often names the three itself, which costs a fifth."""
        return {"endpoint": self.endpoint, "connection": self.connection, "slot": self.slot}
