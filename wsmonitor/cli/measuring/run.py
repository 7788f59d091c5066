"""Runs a plan in a probe: connects, forces disconnects at their times, and ends when it is time to."""

import time
from collections.abc import Callable, Sequence

from msgspec import Struct

from wsmonitor.cli.measuring.door import LOOK_S, Door
from wsmonitor.facts.events import AnyEvent, State, StateChanged
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns

CLOSE_S = 1.0
HURRIED_CLOSE_S = 0.5
"""So long may closing handshakes take, of a run that was interrupted less."""


class PlannedDisruption(Struct, frozen=True):
    """Force a disconnect of this kind on every endpoint, `at_s` after the first dial."""

    kind: str
    argument: str
    at_s: float


class Plan(Struct, frozen=True):
    """What to measure, for how long (`None`: until interrupted or everything has stopped for good)."""

    endpoints: Sequence[EndpointConfig]
    duration_s: float | None = None
    disruptions: Sequence[PlannedDisruption] = ()


class Progress:
    """Pure: what of a plan is due, by the events so far. Times count from the first dial or listening tap."""

    def __init__(self, plan: Plan) -> None:
        self._duration_s = plan.duration_s
        self._ahead = sorted(plan.disruptions, key=lambda one: one.at_s)
        self._began_ns: int | None = None
        self._living = {(one.name, slot) for one in plan.endpoints if not one.is_tap for slot in range(one.connections)}
        self._is_endless = any(one.is_tap for one in plan.endpoints)

    def feed(self, events: list[AnyEvent]) -> None:
        """Take into account what happened."""
        for event in events:
            if self._began_ns is None and isinstance(event, StateChanged | TapListening):
                self._began_ns = event.at_ns
            if isinstance(event, StateChanged):
                who = event.endpoint, event.slot
                if _has_ended_for_good(event):
                    self._living.discard(who)
                else:
                    self._living.add(who)

    def is_over(self, now_ns: int) -> bool:
        """True once the time is up, or no slot will do anything more by itself; a tap never ends by itself."""
        is_late = self._duration_s is not None and self._left_s(self._duration_s, now_ns) <= 0
        return is_late or not (self._living or self._is_endless)

    def due(self, now_ns: int) -> list[PlannedDisruption]:
        """What is to be forced now; each is given out once."""
        due = [one for one in self._ahead if self._left_s(one.at_s, now_ns) <= 0]
        self._ahead = self._ahead[len(due) :]
        return due

    def idle_s(self, now_ns: int) -> float:
        """How long nothing is to be done, as far as the plan goes; at most `LOOK_S`."""
        times_s = [one.at_s for one in self._ahead[:1]] + ([self._duration_s] if self._duration_s is not None else [])
        return max(0.0, min([LOOK_S, *(self._left_s(at_s, now_ns) for at_s in times_s)]))

    def _left_s(self, at_s: float, now_ns: int) -> float:
        return LOOK_S if self._began_ns is None else (self._began_ns + to_ns(at_s) - now_ns) / 1e9


def _has_ended_for_good(event: StateChanged) -> bool:
    return event.new is State.STOPPED or (event.new is State.FAILED and event.retry_in_ns is None)


def measure(
    plan: Plan,
    door: Door,
    take: Callable[[list[AnyEvent]], None],
    *,
    is_enough: Callable[[], bool] = lambda: False,
    clock: Callable[[], int] = time.monotonic_ns,
) -> None:
    """Run `plan`, whose endpoints dial, until it is over, interrupted, or `is_enough`.

    `take` gets every event, to the last one; the probe has ended afterwards. Raises `WsmonitorError` where it
    cannot be started or refuses a command.
    """
    progress = Progress(plan)
    while not (door.is_interrupted or is_enough() or progress.is_over(clock())):
        events = door.events(progress.idle_s(clock()))
        progress.feed(events)
        take(events)
        for one in progress.due(clock()):
            for endpoint in plan.endpoints:
                door.ask(channel.Disrupt(endpoint=endpoint.name, kind=one.kind, argument=one.argument))
    for events in door.last_events(HURRIED_CLOSE_S if door.is_interrupted else CLOSE_S, clock):
        take(events)
