"""What was known at one moment: immutable, cheap to make, safe to keep while time goes on.

Freezing the view means not taking the next snapshot. Series inside share their storage with the live
analysis (append-only chunks), so a snapshot costs no copy of the history.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from msgspec import Struct

from wsmonitor.analysis.alerts.raised import AlertsView
from wsmonitor.analysis.endpoints.tap_fold import TapClient, TapView
from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.analysis.log import LogView
from wsmonitor.analysis.series.history import EndpointHistory
from wsmonitor.diagnosis.advice import HeartbeatAdvice
from wsmonitor.diagnosis.findings import Diagnosed, Finding
from wsmonitor.facts.events import WAITS_ITS_TURN, Circumstances, OpenFailed, State, TcpSample, Verdict
from wsmonitor.facts.own_troubles import OwnTrouble
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes

ProbeState = Literal["starting", "running", "lost"]


class Closure(Struct, frozen=True):
    """One ended connection: the `number`-th closure of its endpoint."""

    number: int
    endpoint: str
    slot: int
    connection: int
    at_ns: int
    verdict: Verdict
    circumstances: Circumstances | None = None
    kernel: TcpSample | None = None
    """The last that the kernel said of the connection's socket."""
    messages: int | None = None
    """Data messages that passed on it, both ways; `None` where its opening was not seen."""


class FailedOpening(Struct, frozen=True):
    """One opening that failed: the `number`-th of its endpoint."""

    number: int
    endpoint: str
    slot: int
    at_ns: int
    event: OpenFailed


Ended = Closure | FailedOpening
"""What has a verdict."""


class EndpointView(Struct, frozen=True, kw_only=True):
    """One connection slot of one endpoint: a row of the table and what its plots need.

    Percentiles and loss are those of `percentiles.py` over everything seen; `None` means that there
    is no sample. `retry_at_ns` is when the next automatic step is due, where one is scheduled.
    """

    name: str
    url: str
    slot: int
    slots: int
    state: State
    since_ns: int
    """When it entered `state`."""
    opened_ns: int | None
    """When the present connection opened; degraded or not, that is its age."""
    cause: str
    attempt: int
    retry_at_ns: int | None
    connection: int
    rtt_ns: int | None
    p50_ns: int | None
    p99_ns: int | None
    loss: float | None
    misses_in_a_row: int
    buffered: int
    buffered_bytes: int
    buffered_limit: int
    dropped: int
    closures: int
    failures: int
    last_closure: Closure | None
    last_failure: OpenFailed | None
    tls_unverified: bool
    tags: tuple[str, ...]
    """What the user calls it, to find and group it by."""
    proxy: str
    """The proxy that the connection goes through, which its timings then describe; empty for none."""
    ordered: tuple[str, ...]
    """Kinds of forced disconnects that wait for the next opening, in their order."""
    sparkline: tuple[float, ...]
    """The last 60 WebSocket round trips in milliseconds, NaN for a miss; oldest first."""
    said: Diagnosed
    """What the rules say of the endpoint, all its slots together, and what they said before."""
    advice: HeartbeatAdvice | None
    """The heartbeat interval that the findings recommend, where it differs from the present one."""
    history: EndpointHistory
    tap: TapView | None = None
    """Of a tap: how it listens; its slots are its clients."""
    client: TapClient | None = None
    """Of a tap: who is, or was last, in this slot."""
    losses: int = 0
    """Of `closures`, those by which a connection was lost."""
    members: int = 0
    """Of several together: how many they are."""
    members_open: int = 0
    """Of these, those that are open."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say now, most urgent first."""
        return self.said.findings

    @property
    def is_tapped(self) -> bool:
        """True for a tap and its clients."""
        return self.tap is not None or self.client is not None

    @property
    def waits_its_turn(self) -> bool:
        """True while it would dial, but its host has been dialled often enough; `cause` says by whom."""
        return self.state is State.BACKOFF and self.cause.startswith(WAITS_ITS_TURN)

    @property
    def key(self) -> tuple[str, int]:
        """Identifies the row: endpoint name and slot."""
        return self.name, self.slot


class Health(Struct, frozen=True):
    """How well the monitor itself does. `*_ns` of the recent past, `None` without a sample."""

    probe: ProbeState
    probe_since_ns: int
    probe_reason: str
    loop_lag_p99_ns: int | None
    dropped: int
    own: tuple[OwnTrouble, ...] = ()
    """Sleep, stops and notable lag of the monitor itself, oldest first."""
    skipped: int = 0
    """Events that came but are not in what is shown: the analysis could not take them."""
    behind_ns: int = 0
    """What is shown is as of so long ago: more came than the analysis had time for."""


@dataclass(frozen=True)
class Snapshot:
    """Everything the window shows, as of `at_ns`.

    `start_ns` is the session's first moment: x = 0 of every plot.
    """

    at_ns: int
    start_ns: int
    wall: WallClock
    endpoints: tuple[EndpointView, ...]
    closures: tuple[Closure, ...]
    failures: tuple[FailedOpening, ...]
    log: LogView
    """What happened: everything but messages, control frames and single samples."""
    messages: LogView
    """Data messages, which count, and control frames."""
    health: Health
    codes: Mapping[str, CloseCodes]
    """What close codes mean at each endpoint where somebody says more than the registry."""
    experiments: tuple[ExperimentView, ...] = ()
    """What servers were asked, oldest first."""
    alerts: AlertsView = field(default_factory=AlertsView)

    @cached_property
    def by_key(self) -> Mapping[tuple[str, int], EndpointView]:
        """The endpoints by their keys, in their order."""
        return {(view.name, view.slot): view for view in self.endpoints}  # as `key`, for each frame

    @cached_property
    def tapped(self) -> tuple[EndpointView, ...]:
        """Those of taps."""
        return tuple([view for view in self.endpoints if view.tap is not None])

    def codes_of(self, endpoint: str) -> CloseCodes:
        """What close codes mean at this endpoint."""
        return self.codes.get(endpoint, EVERYBODYS)

    def seconds(self, at_ns: int) -> float:
        """A monotonic time as seconds since the session's start."""
        return (at_ns - self.start_ns) / 1e9

    def wall_s(self, at_ns: int) -> float:
        """A monotonic time as seconds since the Unix epoch."""
        return self.wall.epoch_s(at_ns)
