"""Pure: the newest facts that still hold, so that a recording can begin in the middle of things."""

from collections import deque

from wsmonitor.facts.events import (
    AlertChanged,
    AnyEvent,
    ClockAnchor,
    Note,
    OutboxChanged,
    ProbeLost,
    ProbeStarted,
    StateChanged,
)
from wsmonitor.facts.wall_clock import WallClock

_NOTES = 100
_ALERTS = 1000


class Context:
    """Keeps what holds of every slot, the last clock anchor, the probe's start, the newest notes, raised alerts."""

    def __init__(self) -> None:
        self._anchor: ClockAnchor | None = None
        self._probe: ProbeLost | ProbeStarted | None = None
        self._states: dict[tuple[str, int], StateChanged] = {}
        self._outboxes: dict[tuple[str, int], OutboxChanged] = {}
        self._notes: deque[Note] = deque(maxlen=_NOTES)
        self._alerts: dict[tuple[str, str], AlertChanged] = {}

    def feed(self, event: AnyEvent) -> None:
        """Take over what `event` changes."""
        match event:
            case StateChanged():
                self._states[event.endpoint, event.slot] = event
            case OutboxChanged():
                self._outboxes[event.endpoint, event.slot] = event
            case Note():
                self._notes.append(event)
            case AlertChanged(endpoint=endpoint, rule=rule):
                self._alerts.pop((endpoint, rule), None)
                if event.raised and len(self._alerts) < _ALERTS:
                    self._alerts[endpoint, rule] = event
            case ClockAnchor():
                self._anchor = event
            case ProbeStarted() | ProbeLost():
                self._probe = event
                self._states.clear()
                self._outboxes.clear()

    def events(self) -> list[AnyEvent]:
        """The facts as they were stated, oldest first."""
        known: list[AnyEvent | None] = [self._anchor, self._probe, *self._states.values(), *self._outboxes.values()]
        known += [*self._notes, *self._alerts.values()]
        return sorted((event for event in known if event is not None), key=lambda event: event.at_ns)

    @property
    def wall(self) -> WallClock | None:
        """The wall clock by the last anchor; `None` before the first."""
        return None if self._anchor is None else self._anchor.clock

    def only(self, endpoint: str) -> "Context":
        """What holds for one endpoint and for all."""
        copy = self.copy()
        copy._states = {who: event for who, event in self._states.items() if who[0] == endpoint}
        copy._outboxes = {who: event for who, event in self._outboxes.items() if who[0] == endpoint}
        copy._alerts = {who: event for who, event in self._alerts.items() if who[0] == endpoint}
        return copy

    def copy(self) -> "Context":
        """The same facts, to go on from by itself."""
        copy = Context()
        copy._anchor, copy._probe = self._anchor, self._probe
        copy._states, copy._outboxes = dict(self._states), dict(self._outboxes)
        copy._notes, copy._alerts = self._notes.copy(), dict(self._alerts)
        return copy
