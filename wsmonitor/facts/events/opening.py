"""The states of a connection, and the way to an open one."""

import enum
from typing import Literal

from wsmonitor.facts.event import EndpointEvent
from wsmonitor.facts.numbers import Whole

Phase = Literal["dns", "tcp", "tls", "client_http", "http", "app_ready"]
BreakerState = Literal["closed", "open", "half_open"]


class State(enum.StrEnum):
    """What one connection of an endpoint is doing now."""

    IDLE = "idle"
    RESOLVING = "resolving"
    CONNECTING = "connecting"
    SECURING = "securing"
    UPGRADING = "upgrading"
    OPEN = "open"
    DEGRADED = "degraded"
    CLOSING = "closing"
    BACKOFF = "backoff"
    HOLD = "hold"
    SUSPENDED = "suspended"
    OFFLINE = "offline"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def letter(self) -> str:
        """One letter that stands for the state wherever colour alone would."""
        return _LETTERS[self]

    @property
    def is_open(self) -> bool:
        """True while messages can flow: open, or open with missed heartbeats."""
        return self in _OPEN

    @property
    def is_opening(self) -> bool:
        """True from the lookup of the name to the answer to the upgrade request."""
        return self in _OPENING


_LETTERS = dict(zip(State, "IRCTUODLBHPXFS", strict=True))
_OPEN = (State.OPEN, State.DEGRADED)
_OPENING = (State.RESOLVING, State.CONNECTING, State.SECURING, State.UPGRADING)


WAITS_ITS_TURN = "waits its turn: "
"""So begins the cause of a `BACKOFF` that is not this connection's own: its host has been dialled often enough."""


class StateChanged(EndpointEvent, frozen=True, kw_only=True):
    """The connection moved from state `old` to state `new`.

    `attempt` counts the dials since the last stable connection, from 1; `retry_in_ns` says after
    how long the next automatic step follows, where one is scheduled; `cause` is a short sentence.
    """

    old: State
    new: State
    attempt: Whole = 0
    retry_in_ns: Whole | None = None
    cause: str = ""


class PhaseDone(EndpointEvent, frozen=True, kw_only=True):
    """One phase of the opening ended well after `duration_ns`; `detail` says what it found."""

    phase: Phase
    duration_ns: Whole
    detail: dict[str, str] = {}


class OpenFailed(EndpointEvent, frozen=True, kw_only=True):
    """The opening failed in `phase`, `duration_ns` after the dial.

    `status` is the HTTP status where an answer came, `retry_after_ns` its Retry-After; `fatal` is
    true where dialling again without a change would be senseless.
    """

    phase: Phase
    error: str
    duration_ns: Whole
    status: Whole | None = None
    fatal: bool = False
    retry_after_ns: Whole | None = None
    detail: dict[str, str] = {}


class BreakerChanged(EndpointEvent, frozen=True, kw_only=True):
    """The circuit breaker opened, closed, or lets one attempt through."""

    state: BreakerState
    reason: str
