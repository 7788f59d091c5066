"""A stretch of a session that stands by itself: it can be saved, exported, or opened like a recording."""

from collections.abc import Iterator

from msgspec import Struct

from wsmonitor.facts.events import AnyEvent
from wsmonitor.settings.endpoint_settings import EndpointConfig

_BATCH = 2000


class Excerpt(Struct, frozen=True):
    """Everything stated from `start_ns` on.

    `wall_ns` is what the wall clock read at `start_ns`; `context` holds older facts that still held then,
    `problems` says what is missing.
    """

    start_ns: int
    wall_ns: int
    endpoints: tuple[EndpointConfig, ...]
    events: tuple[AnyEvent, ...]
    context: tuple[AnyEvent, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def end_ns(self) -> int:
        """When the last event was true."""
        return self.events[-1].at_ns if self.events else self.start_ns

    def batches(self) -> Iterator[list[AnyEvent]]:
        """The events in order, some at a time; the context comes first."""
        if self.context:
            yield list(self.context)
        for start in range(0, len(self.events), _BATCH):
            yield list(self.events[start : start + _BATCH])
