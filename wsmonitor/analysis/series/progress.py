"""What one connection slot does now, and for how long it was open in all; of a tapped one, what its two legs do."""

from collections.abc import Mapping
from typing import get_args

from wsmonitor.analysis.series.states import States, StatesView
from wsmonitor.facts.events import OpenFailed, State, StateChanged
from wsmonitor.facts.tap_events import LegSide


class Progress:
    """Folds states. `at_ns` are monotonic times, `at_s` the same in seconds since the session's start."""

    def __init__(self, since_ns: int) -> None:
        self.state = State.IDLE
        self.since_ns = since_ns
        self.cause = ""
        self.attempt = 0
        self.retry_at_ns: int | None = None
        self.connection = 0
        self.attempts = 0
        self.connections = 0
        self.failures = 0
        self.last_failure: OpenFailed | None = None
        self.opened_ns: int | None = None
        """When the present connection opened."""
        self._open_ns = 0
        self._open_since_ns: int | None = None
        self._states = States()

    def change(self, event: StateChanged, at_s: float) -> None:
        """Move to another state."""
        self.attempts += event.new.is_opening and not event.old.is_opening
        self.connection = event.connection
        self._enter(event.new, event.at_ns, event.cause)
        self.attempt = event.attempt
        self.retry_at_ns = None if event.retry_in_ns is None else event.at_ns + event.retry_in_ns
        self._states.change(at_s, event.new)

    def fail(self, event: OpenFailed) -> None:
        """An opening failed."""
        self.failures += 1
        self.last_failure = event

    def lose(self, at_ns: int, at_s: float, reason: str) -> None:
        """Nothing is known from here on: the probe is gone, and the connection with it."""
        self._enter(State.IDLE, at_ns, reason)
        self.attempt, self.retry_at_ns = 0, None
        self._states.change(at_s, None)

    def open_ns(self, now_ns: int) -> int:
        """For how long connections of this slot have been open, the present one included."""
        present = max(0, now_ns - self._open_since_ns) if self._open_since_ns is not None else 0
        return self._open_ns + present

    def reset_statistics(self, now_ns: int) -> None:
        """Count from zero; the states and the present connection stay."""
        self.attempts = self.failures = self._open_ns = 0
        self.connections = int(self.state.is_open)
        self.last_failure = None
        self._open_since_ns = now_ns if self._open_since_ns is not None else None

    def view(self) -> StatesView:
        """The states over time."""
        return self._states.view()

    def _enter(self, state: State, at_ns: int, cause: str) -> None:
        if state.is_open and self._open_since_ns is None:
            self._open_since_ns = self.opened_ns = at_ns
            self.connections += 1
        elif not state.is_open and self._open_since_ns is not None:
            self._open_ns += max(0, at_ns - self._open_since_ns)
            self._open_since_ns = self.opened_ns = None
        if state is not self.state:
            self.since_ns = at_ns
        self.state, self.cause = state, cause


SIDES: tuple[LegSide, ...] = get_args(LegSide)


class Legs:
    """Folds what is told of the connection and of each leg."""

    def __init__(self) -> None:
        self._states = {side: States() for side in SIDES}
        self._ended: set[LegSide] = set()

    def change(self, at_s: float, new: State) -> None:
        """The connection is in another state. A client waits for its answer while the server's leg is opened."""
        if new.is_opening:
            self._ended.clear()
        for side, states in self._states.items():
            if side not in self._ended:
                states.change(at_s, State.UPGRADING if new.is_opening and side == "client" else new)

    def end(self, at_s: float, side: LegSide) -> None:
        """One leg ended; the other one may go on."""
        self._ended.add(side)
        self._states[side].change(at_s, State.IDLE)

    def lose(self, at_s: float) -> None:
        """Nothing is known from here on."""
        for states in self._states.values():
            states.change(at_s, None)

    def view(self) -> Mapping[LegSide, StatesView]:
        """The states over time."""
        return {side: states.view() for side, states in self._states.items()}
