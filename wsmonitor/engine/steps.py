"""What goes into a connection's state machine and what comes out of it.

Inputs that belong to one dial carry its `generation`; those of an earlier dial are stale.
"""

from msgspec import Struct, field

from wsmonitor.facts.events import BreakerState, EndedBy, Phase, State, Verdict


class OpenFailure(Struct, frozen=True):
    """Why an opening failed. `fatal`: the same dial would fail again; `offline`: there is no route."""

    phase: Phase
    error: str
    status: int | None = None
    fatal: bool = False
    offline: bool = False
    retry_after_ns: int | None = None
    detail: dict[str, str] = field(default_factory=dict)


class Stop(Struct, frozen=True):
    """Close and stay closed; the closing handshake may take `within_ns`, or what the settings allow."""

    within_ns: int | None = None


class ConnectNow(Struct, frozen=True):
    """Dial now instead of waiting."""


class Hold(Struct, frozen=True):
    """Close, and refuse to dial for `hold_ns`."""

    hold_ns: int


class Elapsed(Struct, frozen=True):
    """The deadline that the machine asked for has come."""


class NetworkUp(Struct, frozen=True):
    """There is a route again, or the local address changed."""


class Woke(Struct, frozen=True):
    """The machine slept."""


class OfDial(Struct, frozen=True):
    """What one dial came to, or the connection that it made."""

    generation: int


class PhaseBegan(OfDial, frozen=True):
    """The dial entered `phase`."""

    phase: Phase


class Opened(OfDial, frozen=True):
    """The upgrade was accepted."""


class DialFailed(OfDial, frozen=True):
    """The dial ended without a connection."""

    failure: OpenFailure


class Missed(OfDial, frozen=True):
    """A heartbeat went unanswered; `cause` says what that means where it is more than that."""

    cause: str = "heartbeat missed"


class Alive(OfDial, frozen=True):
    """Bytes arrived after a miss."""


class AppReady(OfDial, frozen=True):
    """The application answered for the first time."""


class GaveUp(OfDial, frozen=True):
    """Too many heartbeats went unanswered and nothing was received meanwhile."""


class Ended(OfDial, frozen=True):
    """The connection's end has begun (a Close frame passed, say) but its transport is still there."""


class Lost(OfDial, frozen=True):
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


class Dial(Struct, frozen=True):
    """Open a connection; report as `generation`."""

    generation: int


class CancelDial(Struct, frozen=True):
    """Give up the dial; nothing of it is to be heard again."""


class CloseConnection(Struct, frozen=True):
    """Send a Close frame, as far as the connection still allows."""

    code: int
    reason: str
    by: EndedBy


class GiveUpConnection(Struct, frozen=True):
    """End a connection whose peer is silent: Close 4000 if nothing waits to be written."""


class AbortConnection(Struct, frozen=True):
    """Drop the transport now."""


class CheckConnection(Struct, frozen=True):
    """Ping at once: what was open before the machine slept may be gone."""


class Announce(Struct, frozen=True):
    """The state changed; becomes a `StateChanged` event."""

    old: State
    new: State
    attempt: int
    retry_in_ns: int | None
    cause: str


class AnnounceFailure(Struct, frozen=True):
    """An opening failed; becomes an `OpenFailed` event."""

    failure: OpenFailure
    duration_ns: int


class AnnounceBreaker(Struct, frozen=True):
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
