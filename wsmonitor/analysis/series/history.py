"""The series of one connection slot, as a snapshot sees them; only `plots/` reads them.

All times are seconds since the session's start. Nothing here is copied: views share append-only storage.
"""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct, field

from wsmonitor.analysis.series.levels import SeriesView
from wsmonitor.analysis.series.states import StatesView
from wsmonitor.facts.event import Direction
from wsmonitor.facts.events import HeartbeatKind
from wsmonitor.facts.tap_events import LegSide


class Gap(Struct, frozen=True):
    """A stretch in which nothing was measured; `end_s` is infinite while it lasts."""

    start_s: float
    end_s: float


class NoteAt(Struct, frozen=True):
    """What the user wrote about a moment."""

    at_s: float
    text: str


class SessionHistory(Struct, frozen=True):
    """What all slots share: how late our own loop woke (milliseconds), when the probe was gone, notes."""

    lag: SeriesView
    gaps: tuple[Gap, ...]
    notes: tuple[NoteAt, ...] = ()


class RatesView(Struct, frozen=True):
    """Messages a second in one direction: whole seconds that saw any, and the `newest`, which may still grow.

    A value of `seconds` is the number of messages in the second that begins at its time; `newest` are such
    times and numbers, all of them later.
    """

    seconds: SeriesView
    newest: tuple[tuple[float, int], ...]


class Chip(Struct, frozen=True):
    """A kind of ending, as the plots call it."""

    text: str
    forced: bool


class ToldEnding(Protocol):
    """One ending in words, which are found when they are asked for."""

    @property
    def words(self) -> str:
        """One line."""
        ...

    @property
    def details(self) -> str:
        """The same line, one for each layer, and what its code means."""
        ...


class EndingsView(Struct, frozen=True):
    """When the slot's connections ended, or did not open, and how; a value of `plane` is an index into `chips`."""

    plane: SeriesView
    chips: tuple[Chip, ...]
    newest_s: tuple[float, ...]
    """When the newest endings were, oldest first."""
    newest: tuple[ToldEnding, ...]
    """The same endings in words."""


class ForcedCondition(Struct, frozen=True):
    """Something that we forced on a connection, and for how long; `end_s` is infinite while it lasts."""

    kind: str
    start_s: float
    end_s: float
    argument: str = ""

    @property
    def what(self) -> str:
        """`latency 100ms,down`."""
        return f"{self.kind.replace('_', ' ')} {self.argument}".rstrip()


class EndpointHistory(Struct, frozen=True, kw_only=True):
    """Round trips, misses, states, buffered messages, message rates, closures and failed openings over time.

    Round trips are milliseconds with a break (NaN) at every closure and miss. `missed` has a sample for
    every missed heartbeat of any kind. `buffered` holds the depth of the outbox whenever it changed. `spoiled`
    has a sample, our own lag in milliseconds, for every round trip of which that lag was more than a fifth.
    `intervals_s` is how often heartbeats of a kind are due, where that is known.
    """

    round_trips: Mapping[HeartbeatKind, SeriesView]
    intervals_s: Mapping[HeartbeatKind, float]
    missed: SeriesView
    spoiled: SeriesView
    states: StatesView
    buffered: SeriesView
    sent: RatesView
    received: RatesView
    closures: EndingsView
    openings: EndingsView
    forced: tuple[ForcedCondition, ...]
    session: SessionHistory
    legs: Mapping[LegSide, StatesView] = field(default_factory=dict)
    """The states of a tapped connection's two legs."""
    waiting: Mapping[Direction, SeriesView] = field(default_factory=dict)
    """Of a tapped connection: bytes that waited in the tap for the server (`tx`) and for the client."""
