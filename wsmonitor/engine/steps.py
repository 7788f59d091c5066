"""What goes into a connection's state machine and what comes out of it.

Inputs that belong to one dial carry its `generation`; those of an earlier dial are stale.
"""

from dataclasses import dataclass, field

from wsmonitor.facts.events import BreakerState, EndedBy, Phase, State, Verdict


@dataclass(frozen=True)
class OpenFailure:
    """Why an opening failed. `fatal`: the same dial would fail again; `offline`: there is no route."""

    phase: Phase
    error: str
    status: int | None = None
    fatal: bool = False
    offline: bool = False
    retry_after_ns: int | None = None
    detail: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stop:
    """Close and stay closed; the closing handshake may take `within_ns`, or what the settings allow."""

    within_ns: int | None = None


@dataclass(frozen=True)
class ConnectNow:
    """Dial now instead of waiting."""


@dataclass(frozen=True)
class Hold:
    """Close, and refuse to dial for `hold_ns`."""

    hold_ns: int


@dataclass(frozen=True)
class Elapsed:
    """The deadline that the machine asked for has come."""


@dataclass(frozen=True)
class NetworkUp:
    """There is a route again, or the local address changed."""


@dataclass(frozen=True)
class Woke:
    """The machine slept."""


@dataclass(frozen=True)
class OfDial:
    """What one dial came to, or the connection that it made."""

    generation: int


@dataclass(frozen=True)
class PhaseBegan(OfDial):
    """The dial entered `phase`."""

    phase: Phase


class Opened(OfDial):
    """The upgrade was accepted."""


@dataclass(frozen=True)
class DialFailed(OfDial):
    """The dial ended without a connection."""

    failure: OpenFailure


@dataclass(frozen=True)
class Missed(OfDial):
    """A heartbeat went unanswered; `cause` says what that means where it is more than that."""

    cause: str = "heartbeat missed"


class Alive(OfDial):
    """Bytes arrived after a miss."""


class AppReady(OfDial):
    """The application answered for the first time."""


class GaveUp(OfDial):
    """Too many heartbeats went unanswered and nothing was received meanwhile."""


class Ended(OfDial):
    """The connection's end has begun (a Close frame passed, say) but its transport is still there."""


@dataclass(frozen=True)
class Lost(OfDial):
    """The transport is gone."""

    verdict: Verdict


Input = (
    Stop
    | ConnectNow
    | Hold
    | Elapsed
    | NetworkUp
    | Woke
    | PhaseBegan
    | Opened
    | DialFailed
    | Missed
    | Alive
    | AppReady
    | GaveUp
    | Ended
    | Lost
)


@dataclass(frozen=True)
class Dial:
    """Open a connection; report as `generation`."""

    generation: int


@dataclass(frozen=True)
class CancelDial:
    """Give up the dial; nothing of it is to be heard again."""


@dataclass(frozen=True)
class CloseConnection:
    """Send a Close frame, as far as the connection still allows."""

    code: int
    reason: str
    by: EndedBy


@dataclass(frozen=True)
class GiveUpConnection:
    """End a connection whose peer is silent: Close 4000 if nothing waits to be written."""


@dataclass(frozen=True)
class AbortConnection:
    """Drop the transport now."""


@dataclass(frozen=True)
class CheckConnection:
    """Ping at once: what was open before the machine slept may be gone."""


@dataclass(frozen=True)
class Announce:
    """The state changed; becomes a `StateChanged` event."""

    old: State
    new: State
    attempt: int
    retry_in_ns: int | None
    cause: str


@dataclass(frozen=True)
class AnnounceFailure:
    """An opening failed; becomes an `OpenFailed` event."""

    failure: OpenFailure
    duration_ns: int


@dataclass(frozen=True)
class AnnounceBreaker:
    """The circuit breaker changed; becomes a `BreakerChanged` event."""

    state: BreakerState
    reason: str


Action = (
    Dial
    | CancelDial
    | CloseConnection
    | GiveUpConnection
    | AbortConnection
    | CheckConnection
    | Announce
    | AnnounceFailure
    | AnnounceBreaker
)
