"""The vocabulary: one frozen struct per fact, one closed union of them all.

Every part of wsmonitor speaks in these events: the engine states them, the channel carries them,
the analysis folds them, recordings keep them, `watch` prints them. Their names in snake case are the
`type` values of the NDJSON contract (`exports/json/ndjson.py`).

Times are integer nanoseconds of one monotonic clock (`at_ns`); durations end in `_ns`, sizes in
`_bytes`. `ClockAnchor` ties the monotonic clock to the wall clock. Nobody edits an event once made.
"""

from typing import Literal

from wsmonitor.facts.answers import AuditStep, ExperimentAnswer, ExperimentLine, ExperimentPlan
from wsmonitor.facts.earlier import KnownEarlier as KnownEarlier
from wsmonitor.facts.ended import IN_DOUBT_LIMIT as IN_DOUBT_LIMIT
from wsmonitor.facts.ended import REGULAR_CODES as REGULAR_CODES
from wsmonitor.facts.ended import Circumstances as Circumstances
from wsmonitor.facts.ended import EndedBy as EndedBy
from wsmonitor.facts.ended import Initiator as Initiator
from wsmonitor.facts.ended import Mechanism as Mechanism
from wsmonitor.facts.ended import TcpEnd as TcpEnd
from wsmonitor.facts.ended import Verdict as Verdict
from wsmonitor.facts.event import Direction as Direction
from wsmonitor.facts.event import EndpointEvent as EndpointEvent
from wsmonitor.facts.event import Event as Event
from wsmonitor.facts.event import snake_case as snake_case
from wsmonitor.facts.events.monitor import ClockAnchor as ClockAnchor
from wsmonitor.facts.events.monitor import ClockJump as ClockJump
from wsmonitor.facts.events.monitor import JumpKind as JumpKind
from wsmonitor.facts.events.monitor import LoopLag as LoopLag
from wsmonitor.facts.events.monitor import ProbeLost as ProbeLost
from wsmonitor.facts.events.monitor import ProbeStarted as ProbeStarted
from wsmonitor.facts.events.opening import WAITS_ITS_TURN as WAITS_ITS_TURN
from wsmonitor.facts.events.opening import BreakerChanged as BreakerChanged
from wsmonitor.facts.events.opening import BreakerState as BreakerState
from wsmonitor.facts.events.opening import OpenFailed as OpenFailed
from wsmonitor.facts.events.opening import Phase as Phase
from wsmonitor.facts.events.opening import PhaseDone as PhaseDone
from wsmonitor.facts.events.opening import State as State
from wsmonitor.facts.events.opening import StateChanged as StateChanged
from wsmonitor.facts.events.traffic import Control as Control
from wsmonitor.facts.events.traffic import HeartbeatKind as HeartbeatKind
from wsmonitor.facts.events.traffic import HeartbeatMissed as HeartbeatMissed
from wsmonitor.facts.events.traffic import Message as Message
from wsmonitor.facts.events.traffic import MessageFate as MessageFate
from wsmonitor.facts.events.traffic import MessageStatus as MessageStatus
from wsmonitor.facts.events.traffic import OutboxChanged as OutboxChanged
from wsmonitor.facts.events.traffic import RttSample as RttSample
from wsmonitor.facts.events.traffic import SamplesDropped as SamplesDropped
from wsmonitor.facts.events.traffic import TcpSample as TcpSample
from wsmonitor.facts.events.traffic import Unlisted as Unlisted
from wsmonitor.facts.numbers import Whole
from wsmonitor.facts.tap_events import LegSide, TapEvent

Key = tuple[str, int]
"""One connection slot: the endpoint's name, and the slot's number from 0."""
WHOLE = -1
"""As the slot of a key: all connections of the endpoint together."""


def covers(key: Key, other: Key) -> bool:
    """Whether `key` means the connection of `other`, alone or with others of its endpoint."""
    return key[0] == other[0] and key[1] in (WHOLE, other[1])


DisruptionPhase = Literal["waiting", "cancelled", "started", "ended", "failed"]
OFF = "off"
"""As an argument it ends a condition or fault that is on, and takes back a forced disconnect that waits."""
EVERYTHING = "everything"
"""As a kind, with `OFF`: all of them."""


class ConnectionClosed(EndpointEvent, frozen=True, kw_only=True):
    """An open connection ended; stated for every closure, our own stop included.

    Recordings of earlier versions lack the `circumstances`.
    """

    verdict: Verdict
    circumstances: Circumstances | None = None


class Disruption(EndpointEvent, frozen=True, kw_only=True):
    """A forced disconnect began or, for a condition, ended; or it waits for an opening, or was taken back before.

    Of a tap, `is_shared` tells of a fault that is for every client; what it does to each is told of that client. One
    that was put on the way of a single client `is_for_one`.
    """

    kind: str
    phase: DisruptionPhase
    argument: str = ""
    error: str = ""
    leg: LegSide | None = None
    is_shared: bool = False
    is_for_one: bool = False


class NetworkChanged(EndpointEvent, frozen=True, kw_only=True):
    """The local address towards the endpoint changed; empty where there is no route."""

    old_address: str
    new_address: str


class ExperimentProgress(EndpointEvent, frozen=True, kw_only=True):
    """The experiment `name` does something (`step`), or one of its connections opened or ended (`line`).

    `plan` comes first, and again once the server's head is known. `audit` is of the experiment about a client.
    """

    name: str
    step: str = ""
    line: ExperimentLine | None = None
    plan: ExperimentPlan | None = None
    audit: AuditStep | None = None


class ExperimentResult(EndpointEvent, frozen=True, kw_only=True):
    """An experiment ended, however it did: what it found."""

    answer: ExperimentAnswer


MOST_NOTE = 200
"""Characters of a note: it has to stand on a plot."""


class Note(Event, frozen=True, kw_only=True):
    """The user wrote `text` about the moment `moment_ns` of the monotonic clock: at `at_ns`, which may be later."""

    text: str
    moment_ns: Whole


class AlertChanged(EndpointEvent, frozen=True, kw_only=True):
    """The alert rule called `rule` was `raised` for an endpoint, or is over again: `text` says why, in one sentence."""

    rule: str
    raised: bool
    text: str


SlotEvent = (
    StateChanged
    | PhaseDone
    | OpenFailed
    | RttSample
    | HeartbeatMissed
    | TcpSample
    | Message
    | Control
    | OutboxChanged
    | MessageStatus
    | Disruption
    | BreakerChanged
    | NetworkChanged
    | KnownEarlier
    | ExperimentProgress
    | ExperimentResult
    | TapEvent
)
"""Every fact about one connection slot but its closure."""

AnyEvent = (
    SlotEvent
    | ClockAnchor
    | ConnectionClosed
    | Note
    | AlertChanged
    | LoopLag
    | ClockJump
    | SamplesDropped
    | ProbeLost
    | ProbeStarted
)
"""Every fact there is. `match` over it ends with `assert_never`."""
