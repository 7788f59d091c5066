"""Pure: counts what is not passed on to a slow reader until that is told, so that totals stay true.

Whoever refuses an event, wherever events wait, adds it here. Samples are only counted; of messages it is
kept whose they were, how many, how large, and in which stretch of time: one entry for each slot.
"""

from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from wsmonitor.facts.events import AnyEvent, Direction, Message, SamplesDropped, Unlisted


class Whose(Protocol):
    """Something that is about one connection: an event, or an engine's reporter."""

    @property
    def endpoint(self) -> str: ...
    @property
    def connection(self) -> int: ...
    @property
    def slot(self) -> int: ...


class Tally:
    """Adds up until `take`; `count` may be raised for what is no event."""

    __slots__ = ("_last", "_last_whose", "_stretches", "count")

    def __init__(self) -> None:
        self.count = 0
        self._stretches: dict[tuple[str, int], _Stretch] = {}
        self._last_whose: Whose | None = None
        self._last = _Stretch(0)

    def add(self, event: AnyEvent) -> None:
        """`event` is not passed on; if it tells of what was dropped itself, that goes on to be told."""
        match event:
            case Message():
                self.message(event, event.direction, event.size_bytes, event.at_ns)
            case SamplesDropped():
                self.count += event.count
                for unlisted in event.unlisted:
                    self._stretch(unlisted.endpoint, unlisted.slot, unlisted.first_ns).extend(unlisted)
            case _:
                self.count += 1

    def message(self, whose: Whose, direction: Direction, size_bytes: int, at_ns: int) -> None:
        """A message is not passed on; runs for each one of a flood, most of which have the last one's reporter."""
        self.count += 1
        if whose is not self._last_whose:
            self._last_whose, self._last = whose, self._stretch(whose.endpoint, whose.slot, at_ns)
        stretch = self._last
        stretch.connection = whose.connection
        stretch.last_ns = at_ns
        if direction == "rx":
            stretch.received += 1
            stretch.received_bytes += size_bytes
        else:
            stretch.sent += 1
            stretch.sent_bytes += size_bytes

    def take(self, at_ns: int) -> SamplesDropped | None:
        """What was added since the last call, told at `at_ns`; `None` if nothing was."""
        if not self.count:
            return None
        unlisted = [stretch.told(endpoint, slot) for (endpoint, slot), stretch in self._stretches.items()]
        told = SamplesDropped(at_ns=at_ns, count=self.count, unlisted=tuple(unlisted))
        self.count, self._stretches, self._last_whose = 0, {}, None
        return told

    def _stretch(self, endpoint: str, slot: int, first_ns: int) -> "_Stretch":
        stretch = self._stretches.get((endpoint, slot))
        if stretch is None:
            stretch = self._stretches[endpoint, slot] = _Stretch(first_ns)
        return stretch


def only(told: SamplesDropped, is_wanted: Callable[[str], bool]) -> SamplesDropped:
    """`told` with the messages of those endpoints alone whose name `is_wanted`."""
    unlisted = tuple([one for one in told.unlisted if is_wanted(one.endpoint)])
    return told if len(unlisted) == len(told.unlisted) else replace(told, unlisted=unlisted)


class _Stretch:
    """A `Unlisted` that grows."""

    __slots__ = ("connection", "first_ns", "last_ns", "received", "received_bytes", "sent", "sent_bytes")

    def __init__(self, first_ns: int) -> None:
        self.connection = 0
        self.first_ns = self.last_ns = first_ns
        self.received = self.received_bytes = self.sent = self.sent_bytes = 0

    def extend(self, more: Unlisted) -> None:
        self.connection = max(self.connection, more.connection)
        self.first_ns = min(self.first_ns, more.first_ns)
        self.last_ns = max(self.last_ns, more.last_ns)
        self.received += more.received
        self.received_bytes += more.received_bytes
        self.sent += more.sent
        self.sent_bytes += more.sent_bytes

    def told(self, endpoint: str, slot: int) -> Unlisted:
        return Unlisted(
            endpoint=endpoint,
            connection=self.connection,
            slot=slot,
            first_ns=self.first_ns,
            last_ns=self.last_ns,
            received=self.received,
            received_bytes=self.received_bytes,
            sent=self.sent,
            sent_bytes=self.sent_bytes,
        )
