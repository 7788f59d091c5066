"""The vocabulary: one frozen struct per fact, one closed union of them all.

Every part of wsmonitor speaks in these events: the engine states them, the channel carries them,
the analysis folds them, recordings keep them, `watch` prints them. Their names in snake case are the
`type` values of the NDJSON contract (`exports/json/ndjson.py`).

Times are integer nanoseconds of one monotonic clock (`at_ns`); durations end in `_ns`, sizes in
`_bytes`. `ClockAnchor` ties the monotonic clock to the wall clock. Nobody edits an event once made.
"""

import enum
from typing import ClassVar, Literal

from msgspec import Struct, field

from wsmonitor.facts.answers import AuditStep, ExperimentAnswer, ExperimentLine, ExperimentPlan
from wsmonitor.facts.earlier import KnownEarlier as KnownEarlier
from wsmonitor.facts.ended import IN_DOUBT_LIMIT as IN_DOUBT_LIMIT
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
from wsmonitor.facts.numbers import Ordinal, Whole
from wsmonitor.facts.tap_events import (
    LegEnded,
    LegSide,
    ObserverLost,
    ProtocolViolated,
    TapCost,
    TapListening,
    TapOpened,
    TapRefused,
)
from wsmonitor.facts.wall_clock import WallClock

Key = tuple[str, int]
"""One connection slot: the endpoint's name, and the slot's number from 0."""
WHOLE = -1
"""As the slot of a key: all connections of the endpoint together."""


def covers(key: Key, other: Key) -> bool:
    """Whether `key` means the connection of `other`, alone or with others of its endpoint."""
    return key[0] == other[0] and key[1] in (WHOLE, other[1])


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
        return self in (State.OPEN, State.DEGRADED)

    @property
    def is_opening(self) -> bool:
        """True from the lookup of the name to the answer to the upgrade request."""
        return self in (State.RESOLVING, State.CONNECTING, State.SECURING, State.UPGRADING)


_LETTERS = dict(zip(State, "IRCTUODLBHPXFS", strict=True))

Phase = Literal["dns", "tcp", "tls", "client_http", "http", "app_ready"]
HeartbeatKind = Literal["ws", "app", "tcp", "client"]
MessageFate = Literal["queued", "written", "acked", "dropped", "unknown"]
BreakerState = Literal["closed", "open", "half_open"]
DisruptionPhase = Literal["waiting", "cancelled", "started", "ended", "failed"]
JumpKind = Literal["sleep", "stall", "step"]


class ClockAnchor(Event, frozen=True, kw_only=True):
    """At `at_ns` of the monotonic clock the wall clock read `wall_ns` (since the Unix epoch)."""

    wall_ns: Whole

    @property
    def clock(self) -> WallClock:
        """The wall clock from now on."""
        return WallClock(self.wall_ns - self.at_ns)


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


class RttSample(EndpointEvent, frozen=True, kw_only=True):
    """A round trip ended at `at_ns` after `round_trip_ns`.

    `ws`: from the write of a ping to the read of its pong. `app`: from an application heartbeat to
    its answer. `tcp`: the kernel's smoothed estimate, which includes delayed acknowledgement and
    ends at the next TCP endpoint (a proxy). `client`, on a tapped connection: from the server's ping
    or heartbeat, as it went to the client, to the client's answer. `lag_ns`: how late our own loop ran meanwhile.
    """

    is_sample: ClassVar[bool] = True
    kind: HeartbeatKind
    round_trip_ns: Whole
    lag_ns: Whole = 0
    late: bool = False


class HeartbeatMissed(EndpointEvent, frozen=True, kw_only=True):
    """A heartbeat was not answered within its timeout; `consecutive` counts misses in a row."""

    kind: HeartbeatKind
    consecutive: Whole
    waited_ns: Whole
    lag_ns: Whole = 0


class TcpSample(EndpointEvent, frozen=True, kw_only=True):
    """What the kernel says of the connection's socket (Linux `TCP_INFO`, see `engine/wire/tcp_info.py`).

    Times are nanoseconds. `rtt_ns` is smoothed and includes delayed acknowledgement; `unacked` and
    `retransmits` count segments, `unsent_bytes` waits in our own write buffer, `not_sent_bytes` in the
    kernel's: it has not left this machine. `probes` without an answer were sent in a row. Recordings of
    earlier versions lack these two. A tapped connection has two legs; of others `leg` says nothing.
    `unacked_bytes` is what the other host's kernel has not acknowledged.
    """

    is_sample: ClassVar[bool] = True
    rtt_ns: Whole
    rtt_var_ns: Whole
    min_rtt_ns: Whole
    unacked: Whole
    retransmits: Whole
    total_retransmits: Whole
    unsent_bytes: Whole
    leg: LegSide | None = None
    unacked_bytes: Whole | None = None
    probes: Whole = 0
    not_sent_bytes: Whole = 0


class Message(EndpointEvent, frozen=True, kw_only=True):
    """A data message passed (opcode 1 text, 2 binary).

    `size_bytes` is the size of the whole message after decompression, `wire_bytes` what its frames
    took on the wire; `payload` holds at most the configured capture, taken from the head. `dwell_ns` is how
    long the last of it was in a tap, from the read to the write; 0 where a fault held it, or without a tap.
    """

    is_sample: ClassVar[bool] = True
    direction: Direction
    opcode: Whole
    size_bytes: Whole
    wire_bytes: Whole
    fragments: Whole = 1
    payload: bytes = b""
    dwell_ns: Whole = 0


class Control(EndpointEvent, frozen=True, kw_only=True):
    """A control frame passed (opcode 8 close, 9 ping, 10 pong).

    `suppressed` is true for a pong that a running `mute_pongs` kept from being sent.
    """

    is_sample: ClassVar[bool] = True
    direction: Direction
    opcode: Whole
    payload: bytes = b""
    suppressed: bool = False


class OutboxChanged(EndpointEvent, frozen=True, kw_only=True):
    """Messages and bytes that wait to be written; `dropped` counts what bounds made us refuse.

    In a tap, bytes that wait in one `direction` (`depth` is 0 then), and how long in all reading the other
    side has paused for it.
    """

    is_sample: ClassVar[bool] = True
    depth: Whole
    bytes: Whole
    dropped: Whole = 0
    direction: Direction | None = None
    paused_ns: Whole = 0


class MessageStatus(EndpointEvent, frozen=True, kw_only=True):
    """What became of the message with number `message_id`, as far as we know."""

    is_sample: ClassVar[bool] = True
    message_id: Whole
    status: MessageFate
    reason: str = ""


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


class BreakerChanged(EndpointEvent, frozen=True, kw_only=True):
    """The circuit breaker opened, closed, or lets one attempt through."""

    state: BreakerState
    reason: str


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


class LoopLag(Event, frozen=True, kw_only=True):
    """The measuring loop woke `lag_ns` late: the worst of the last reporting period."""

    is_sample: ClassVar[bool] = True
    lag_ns: Whole


class ClockJump(Event, frozen=True, kw_only=True):
    """Time passed unseen for `gap_ns`: the machine slept, we were stopped, or the clock was set."""

    kind: JumpKind
    gap_ns: Whole


class Unlisted(Struct, frozen=True, kw_only=True):
    """Data messages of one slot that passed from `first_ns` to `last_ns` and are no events of their own.

    `connection` is the newest one that they are of. The `_bytes` add up the messages' `size_bytes`.
    """

    endpoint: str
    connection: Ordinal
    slot: Ordinal
    first_ns: Whole
    last_ns: Whole
    received: Whole
    received_bytes: Whole
    sent: Whole
    sent_bytes: Whole


class SamplesDropped(Event, frozen=True, kw_only=True):
    """So many samples or payloads were not passed on because the reader was too slow.

    `unlisted` has an entry for each slot that had messages among them: whoever counts messages adds these.
    Recordings of earlier versions lack it.
    """

    is_sample: ClassVar[bool] = True
    count: Whole
    unlisted: tuple[Unlisted, ...] = field(name="let_by", default=())


class ProbeLost(Event, frozen=True, kw_only=True):
    """The measuring process ended; nothing is known until `ProbeStarted`."""

    reason: str


class ProbeStarted(Event, frozen=True, kw_only=True):
    """The measuring process is there (again); `pid` is its process id."""

    pid: Whole


AnyEvent = (
    ClockAnchor
    | StateChanged
    | PhaseDone
    | OpenFailed
    | RttSample
    | HeartbeatMissed
    | TcpSample
    | Message
    | Control
    | OutboxChanged
    | MessageStatus
    | ConnectionClosed
    | Disruption
    | BreakerChanged
    | NetworkChanged
    | KnownEarlier
    | Note
    | AlertChanged
    | ExperimentProgress
    | ExperimentResult
    | TapListening
    | TapOpened
    | LegEnded
    | TapCost
    | TapRefused
    | ObserverLost
    | ProtocolViolated
    | LoopLag
    | ClockJump
    | SamplesDropped
    | ProbeLost
    | ProbeStarted
)
"""Every fact there is. `match` over it ends with `assert_never`."""
