"""One connection slot on virtual time: a state machine whose dials and connections a test plays."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wsmonitor.engine import steps
from wsmonitor.engine.redialling.dial_budget import DialBudget
from wsmonitor.engine.states import MOVES, TABLE, SlotStates
from wsmonitor.facts.events import Phase, State, Verdict
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig, to_ns

ORDER: dict[State, tuple[Phase, ...]] = {
    State.RESOLVING: ("tcp",),
    State.CONNECTING: ("tls", "http"),
    State.SECURING: ("http",),
    State.UPGRADING: ("dns",),
}
"""The phases that a dialer may report next."""

LINKED = frozenset({State.OPEN, State.DEGRADED, State.CLOSING})


@dataclass(frozen=True)
class Played:
    """How the network plays a dial: it fails, or opens and ends after a while."""

    failure: steps.OpenFailure | None = None
    ending: Verdict | None = None
    after_s: float = 0.001


REFUSED = Played(steps.OpenFailure("tcp", "connection refused"))


class Slot:
    """A machine with the one dial or connection that it may have, and a check after every step."""

    def __init__(
        self, *, seed: int = 0, budget: DialBudget | None = None, start_ns: int = 1_000 * NS, **settings: Any
    ) -> None:
        config = EndpointConfig(name="slot", url="ws://host.example/", **settings)
        self.states = SlotStates(config, budget=budget or DialBudget(), chance=random.Random(seed))
        self.now_ns = start_ns
        self.dialing: int | None = None
        self.linked: int | None = None
        self.dials: list[int] = []
        """When each dial was made, in nanoseconds."""
        self.actions: list[steps.Action] = []

    @property
    def state(self) -> State:
        return self.states.state

    @property
    def generation(self) -> int:
        return self.states.generation

    @property
    def wait_s(self) -> float:
        """Seconds until the machine wants to be woken."""
        assert self.states.deadline_ns is not None
        return (self.states.deadline_ns - self.now_ns) / NS

    def feed(self, step: steps.Input) -> list[steps.Action]:
        """Hand a step to the machine and check what must always hold."""
        return self._check(self.state, self.states.receive(step, self.now_ns))

    def advance(self, seconds: float) -> list[steps.Action]:
        """Let time pass; the machine is woken at each of its deadlines."""
        end_ns = self.now_ns + to_ns(seconds)
        actions: list[steps.Action] = []
        while self.states.deadline_ns is not None and self.states.deadline_ns <= end_ns:
            self.now_ns = max(self.now_ns, self.states.deadline_ns)
            assert self.states.take_due(self.now_ns)
            actions += self.feed(steps.Elapsed())
            if any(isinstance(action, steps.AbortConnection) for action in actions) and self.linked is not None:
                break
        else:
            self.now_ns = end_ns
        return actions

    def open(self) -> None:
        """Dial and connect."""
        self.feed(steps.ConnectNow())
        self.phases("tcp", "http")
        self.feed(steps.Opened(self.generation))

    def phases(self, *phases: Phase) -> None:
        """The dial comes through these phases."""
        for phase in phases:
            self.feed(steps.PhaseBegan(self.generation, phase))

    def lose(self, ending: Verdict) -> None:
        """The transport is gone."""
        self.feed(steps.Lost(self.generation, ending))

    def play(self, seconds: float, network: Callable[[int], Played]) -> None:
        """Let the network play every dial (counted from 1) for so long."""
        end_ns = self.now_ns + to_ns(seconds)
        self.feed(steps.ConnectNow())
        while self.now_ns < end_ns:
            if self.dialing is not None:
                self._play_dial(network(len(self.dials)))
            elif self.states.deadline_ns is None:
                return
            else:
                self.advance(min(self.wait_s, (end_ns - self.now_ns) / NS))

    def dials_within(self, seconds: float) -> int:
        """How many dials were made in the first so many seconds after the first."""
        return sum(at_ns <= self.dials[0] + to_ns(seconds) for at_ns in self.dials)

    def _play_dial(self, played: Played) -> None:
        self.now_ns += to_ns(0.001)
        if played.failure is not None:
            self.feed(steps.DialFailed(self.generation, played.failure))
            return
        self.phases("tcp", "http")
        self.feed(steps.Opened(self.generation))
        assert played.ending is not None
        self.advance(played.after_s)
        self.lose(played.ending)

    def _check(self, before: State, actions: list[steps.Action]) -> list[steps.Action]:
        self.actions += actions
        state = before
        for action in actions:
            match action:
                case steps.Announce(old, new):
                    assert old is state, "states follow each other without a gap"
                    assert new in MOVES[old], f"{old} -> {new}"
                    if old is State.UPGRADING and new is State.OPEN:
                        self.dialing, self.linked = None, self.generation
                    if new in (State.FAILED, State.BACKOFF, State.SUSPENDED, State.OFFLINE) and old.is_opening:
                        self.dialing = None  # the dial failed or was cancelled just before
                    if old in LINKED and new not in LINKED:
                        self.linked = None
                    state = new
                case steps.Dial(generation):
                    assert self.dialing is None, "one dial at a time"
                    assert self.linked is None, "no dial while a connection lives"
                    self.dialing = generation
                    self.dials.append(self.now_ns)
                case steps.CancelDial():
                    self.dialing = None
        assert self.state is state, "every change is announced"
        assert self.state in TABLE
        assert (self.dialing is not None) == self.state.is_opening, "a dial runs exactly while opening"
        assert (self.linked is not None) == (self.state in LINKED), "a connection lives exactly while open or closing"
        assert self.states.deadline_ns is not None or self.state not in WAITING, "whoever waits is woken"
        return actions


WAITING = frozenset({State.BACKOFF, State.HOLD, State.SUSPENDED, State.OFFLINE}) | {
    state for state in State if state.is_opening
}
