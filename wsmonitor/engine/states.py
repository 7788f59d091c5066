"""Pure: the states of one connection slot. Inputs in, actions out; no I/O, no clock of its own.

`TABLE` says for every state which inputs mean something there and what they do; anything else is
ignored. `MOVES` says which state may follow which. The slot feeds inputs, `Elapsed` when
`deadline_ns` has come, and carries out actions.
"""

import random
from collections.abc import Callable, Mapping

from wsmonitor.engine import steps
from wsmonitor.engine.redialling.dial_budget import DialBudget
from wsmonitor.engine.redialling.retry import Next, Retry
from wsmonitor.facts.events import Phase, State
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns
from wsmonitor.text.units import exact_s

GIVE_UP_GRACE_NS = to_ns(0.25)
"""So long may the Close 4000 of a heartbeat that gave up take to leave."""

_PHASE_STATES: dict[Phase, State] = {
    "dns": State.RESOLVING,
    "tcp": State.CONNECTING,
    "tls": State.SECURING,
    "http": State.UPGRADING,
}


class SlotStates:
    """One connection slot's state, the generation of its dial, and when it wants to be woken."""

    __slots__ = (
        *("_actions", "_budget", "_config", "_dialed_ns", "_intent", "_phase", "_retry"),
        *("deadline_ns", "generation", "state"),
    )

    def __init__(self, config: EndpointConfig, *, budget: DialBudget, chance: random.Random) -> None:
        self.state = State.IDLE
        self.generation = 0
        self.deadline_ns: int | None = None
        self._config = config
        self._budget = budget
        self._retry = Retry(config, chance=chance)
        self._phase: Phase = "dns"
        self._dialed_ns = 0
        self._intent: steps.Stop | steps.Hold | steps.ConnectNow | None = None
        self._actions: list[steps.Action] = []

    @property
    def attempt(self) -> int:
        """Dials since the last connection that proved stable."""
        return self._retry.attempt

    def receive(self, step: steps.Input, now_ns: int) -> list[steps.Action]:
        """What to do about `step`; nothing if it is stale or means nothing in this state."""
        if getattr(step, "generation", self.generation) != self.generation:
            return []
        handler = TABLE[self.state].get(type(step))
        if handler is not None:
            handler(self, step, now_ns)
        actions, self._actions = self._actions, []
        return actions

    def take_due(self, now_ns: int) -> bool:
        """True once `deadline_ns` has come, which is forgotten by that: `Elapsed` is due."""
        is_due = self.deadline_ns is not None and now_ns >= self.deadline_ns
        if is_due:
            self.deadline_ns = None
        return is_due

    # Moving

    def _enter(self, new: State, now_ns: int, *, cause: str, wait_ns: int | None = None, shown: bool = True) -> None:
        """Move to `new` and be woken after `wait_ns`, which is `shown` where something follows it."""
        assert new in MOVES[self.state], f"{self.state} -> {new}"
        old, self.state = self.state, new
        self.deadline_ns = None if wait_ns is None else now_ns + wait_ns
        self._actions.append(steps.Announce(old, new, self.attempt, wait_ns if shown else None, cause))

    def _dial(self, now_ns: int, *, cause: str) -> None:
        self._tell(self._retry.dialled())
        self.generation += 1
        self._phase, self._dialed_ns = "dns", now_ns
        self._intent = None
        self._enter(State.RESOLVING, now_ns, cause=cause, wait_ns=to_ns(self._config.connect.timeout_s), shown=False)
        self._actions.append(steps.Dial(self.generation))

    def _redial(self, now_ns: int, *, cause: str) -> None:
        """Dial by ourselves: as far as the host's budget allows."""
        free_at_ns = self._budget.take(self._config.host_port, now_ns, by=self._config.name)
        if free_at_ns is None:
            self._dial(now_ns, cause=cause)
        else:
            why = self._budget.why(self._config.host_port)
            self._enter(State.BACKOFF, now_ns, cause=why, wait_ns=free_at_ns - now_ns)

    def _go(self, following: Next, now_ns: int) -> None:
        """Wait where the retry policy says."""
        self._tell(following.breaker)
        self._enter(following.state, now_ns, cause=following.cause, wait_ns=following.wait_ns)

    def _tell(self, announcement: steps.AnnounceBreaker | None) -> None:
        if announcement is not None:
            self._actions.append(announcement)

    # People's wishes

    def _on_connect(self, _step: steps.Input, now_ns: int) -> None:
        self._dial(now_ns, cause="asked to connect")

    def _on_stop(self, _step: steps.Input, now_ns: int) -> None:
        self._enter(State.STOPPED, now_ns, cause="stopped")

    def _on_hold(self, step: steps.Input, now_ns: int) -> None:
        assert isinstance(step, steps.Hold)
        if self._config.retry.enabled:
            self._enter(State.HOLD, now_ns, cause="held off", wait_ns=step.hold_ns)
        else:
            self._on_stop(step, now_ns)

    def _on_hold_after_failure(self, step: steps.Input, now_ns: int) -> None:
        if self.deadline_ns is not None:  # there is a next try to hold off
            self._on_hold(step, now_ns)

    def _on_nothing(self, _step: steps.Input, _now_ns: int) -> None:
        """The wish is fulfilled already, or there is nothing to hold off."""

    def _on_stop_while_opening(self, step: steps.Input, now_ns: int) -> None:
        self._actions.append(steps.CancelDial())
        self._on_stop(step, now_ns)

    def _on_hold_while_opening(self, step: steps.Input, now_ns: int) -> None:
        self._actions.append(steps.CancelDial())
        self._on_hold(step, now_ns)

    def _on_stop_while_open(self, step: steps.Input, now_ns: int) -> None:
        assert isinstance(step, steps.Stop | steps.Hold)
        self._intent = step
        by_stop = isinstance(step, steps.Stop)
        self._actions.append(steps.CloseConnection(1000, "", "stop" if by_stop else "disruption"))
        self._close(now_ns, cause="stopped" if by_stop else "held off")
        self._hurry(step, now_ns)

    def _on_wish_while_closing(self, step: steps.Input, now_ns: int) -> None:
        assert isinstance(step, steps.Stop | steps.Hold | steps.ConnectNow)
        self._intent = step
        self._hurry(step, now_ns)

    def _hurry(self, step: steps.Input, now_ns: int) -> None:
        """A stop that cannot wait ends the closing handshake sooner."""
        if isinstance(step, steps.Stop) and step.within_ns is not None and self.deadline_ns is not None:
            self.deadline_ns = min(self.deadline_ns, now_ns + step.within_ns)

    # Opening

    def _on_phase(self, step: steps.Input, now_ns: int) -> None:
        assert isinstance(step, steps.PhaseBegan)
        self._phase = step.phase
        new = _PHASE_STATES[step.phase]
        if new is not self.state:
            left_ns = self._dialed_ns + to_ns(self._config.connect.timeout_s) - now_ns
            self._enter(new, now_ns, cause="redirected" if new is State.RESOLVING else "", wait_ns=left_ns, shown=False)

    def _on_opened(self, _step: steps.Input, now_ns: int) -> None:
        self._enter(
            State.OPEN, now_ns, cause="connected", wait_ns=to_ns(self._config.retry.stable_after_s), shown=False
        )

    def _on_dial_failed(self, step: steps.Input, now_ns: int) -> None:
        assert isinstance(step, steps.DialFailed)
        self._fail(step.failure, now_ns)

    def _on_opening_timeout(self, _step: steps.Input, now_ns: int) -> None:
        self._actions.append(steps.CancelDial())
        limit = f"no answer within {exact_s(self._config.connect.timeout_s)}"
        self._fail(steps.OpenFailure(self._phase, f"timed out: {limit}"), now_ns)

    def _fail(self, failure: steps.OpenFailure, now_ns: int) -> None:
        self._actions.append(steps.AnnounceFailure(failure, now_ns - self._dialed_ns))
        self._go(self._retry.after_failure(failure, now_ns), now_ns)

    # Open

    def _on_stable(self, _step: steps.Input, _now_ns: int) -> None:
        self._tell(self._retry.lived_long_enough())

    def _on_app_ready(self, _step: steps.Input, _now_ns: int) -> None:
        self._tell(self._retry.application_answered())

    def _on_missed(self, step: steps.Input, now_ns: int) -> None:
        assert isinstance(step, steps.Missed)
        self._swap(State.DEGRADED, now_ns, cause=step.cause)

    def _on_alive(self, _step: steps.Input, now_ns: int) -> None:
        self._swap(State.OPEN, now_ns, cause="bytes received")

    def _swap(self, new: State, now_ns: int, *, cause: str) -> None:
        """Between open and degraded; the moment at which the connection proves stable stays."""
        wait_ns = None if self.deadline_ns is None else self.deadline_ns - now_ns
        self._enter(new, now_ns, cause=cause, wait_ns=wait_ns, shown=False)

    def _on_gave_up(self, _step: steps.Input, now_ns: int) -> None:
        self._actions.append(steps.GiveUpConnection())
        self._enter(State.CLOSING, now_ns, cause="heartbeat gave up", wait_ns=GIVE_UP_GRACE_NS, shown=False)

    def _on_ended(self, _step: steps.Input, now_ns: int) -> None:
        self._close(now_ns, cause="closing")

    def _on_shaken(self, _step: steps.Input, _now_ns: int) -> None:
        self._actions.append(steps.CheckConnection())

    def _close(self, now_ns: int, *, cause: str) -> None:
        self._enter(State.CLOSING, now_ns, cause=cause, wait_ns=to_ns(self._config.close.timeout_s), shown=False)

    # After

    def _on_closing_timeout(self, _step: steps.Input, _now_ns: int) -> None:
        self._actions.append(steps.AbortConnection())

    def _on_lost(self, step: steps.Input, now_ns: int) -> None:
        assert isinstance(step, steps.Lost)
        intent, self._intent = self._intent, None
        match intent:
            case steps.Stop():
                self._on_stop(intent, now_ns)
            case steps.Hold():
                self._on_hold(intent, now_ns)
            case steps.ConnectNow():
                self._dial(now_ns, cause="asked to connect")
            case None:
                self._go(self._retry.after_end(step.verdict, now_ns), now_ns)

    # Waiting

    def _on_waited(self, _step: steps.Input, now_ns: int) -> None:
        self._redial(now_ns, cause="time to dial again")

    def _on_fresh_start(self, _step: steps.Input, now_ns: int) -> None:
        self._retry.attempt = 0
        self._redial(now_ns, cause="the network changed or the machine woke")


Handler = Callable[[SlotStates, steps.Input, int], None]
Row = Mapping[type[steps.Input], Handler]

_WISHES: Row = {
    steps.ConnectNow: SlotStates._on_connect,
    steps.Stop: SlotStates._on_stop,
    steps.Hold: SlotStates._on_hold,
}
_FULFILLED: Row = {steps.ConnectNow: SlotStates._on_nothing}
_OPENING: Row = {
    **_FULFILLED,
    steps.Stop: SlotStates._on_stop_while_opening,
    steps.Hold: SlotStates._on_hold_while_opening,
    steps.PhaseBegan: SlotStates._on_phase,
    steps.DialFailed: SlotStates._on_dial_failed,
    steps.Elapsed: SlotStates._on_opening_timeout,
}
_OPEN: Row = {
    **_FULFILLED,
    steps.Stop: SlotStates._on_stop_while_open,
    steps.Hold: SlotStates._on_stop_while_open,
    steps.Elapsed: SlotStates._on_stable,
    steps.AppReady: SlotStates._on_app_ready,
    steps.GaveUp: SlotStates._on_gave_up,
    steps.Ended: SlotStates._on_ended,
    steps.Lost: SlotStates._on_lost,
    steps.NetworkUp: SlotStates._on_shaken,
    steps.Woke: SlotStates._on_shaken,
}
_FRESH: Row = {steps.NetworkUp: SlotStates._on_fresh_start, steps.Woke: SlotStates._on_fresh_start}
_WAIT: Row = {**_WISHES, steps.Elapsed: SlotStates._on_waited}

TABLE: Mapping[State, Row] = {
    State.IDLE: {**_WISHES, steps.Hold: SlotStates._on_nothing},
    State.RESOLVING: _OPENING,
    State.CONNECTING: _OPENING,
    State.SECURING: _OPENING,
    State.UPGRADING: {**_OPENING, steps.Opened: SlotStates._on_opened},
    State.OPEN: {**_OPEN, steps.Missed: SlotStates._on_missed},
    State.DEGRADED: {**_OPEN, steps.Alive: SlotStates._on_alive},
    State.CLOSING: {
        steps.ConnectNow: SlotStates._on_wish_while_closing,
        steps.Stop: SlotStates._on_wish_while_closing,
        steps.Hold: SlotStates._on_wish_while_closing,
        steps.Elapsed: SlotStates._on_closing_timeout,
        steps.Lost: SlotStates._on_lost,
    },
    State.BACKOFF: {**_WAIT, **_FRESH},
    State.HOLD: _WAIT,
    State.SUSPENDED: _WAIT,
    State.OFFLINE: {**_WAIT, **_FRESH},
    State.FAILED: {**_WAIT, steps.Hold: SlotStates._on_hold_after_failure},
    State.STOPPED: {**_WISHES, steps.Stop: SlotStates._on_nothing, steps.Hold: SlotStates._on_nothing},
}
"""State -> input -> what it does. Every state knows the wishes: connect now, stop, hold off."""

_DOWN = frozenset({State.BACKOFF, State.HOLD, State.SUSPENDED, State.OFFLINE, State.FAILED, State.STOPPED})
_WAITING = frozenset({State.RESOLVING, State.HOLD, State.STOPPED})
MOVES: Mapping[State, frozenset[State]] = {
    State.IDLE: frozenset({State.RESOLVING, State.STOPPED}),
    State.RESOLVING: _DOWN | {State.CONNECTING},
    State.CONNECTING: _DOWN | {State.SECURING, State.UPGRADING},
    State.SECURING: _DOWN | {State.UPGRADING},
    State.UPGRADING: _DOWN | {State.OPEN, State.RESOLVING},
    State.OPEN: _DOWN | {State.DEGRADED, State.CLOSING},
    State.DEGRADED: _DOWN | {State.OPEN, State.CLOSING},
    State.CLOSING: _DOWN | {State.RESOLVING},
    State.BACKOFF: _WAITING | {State.BACKOFF},
    State.HOLD: _WAITING | {State.BACKOFF},
    State.SUSPENDED: _WAITING | {State.BACKOFF},
    State.OFFLINE: _WAITING | {State.BACKOFF},
    State.FAILED: _WAITING | {State.BACKOFF},
    State.STOPPED: frozenset({State.RESOLVING}),
}
"""State -> the states that may follow it."""
