"""One connection slot of an endpoint: events folded into what its row and its plots show."""

from typing import assert_never

from msgspec.structs import replace

from wsmonitor.analysis.endpoints.tap_fold import TapFold
from wsmonitor.analysis.series.beats import Beats
from wsmonitor.analysis.series.conditions import Conditions
from wsmonitor.analysis.series.ending_series import Closures, FailedOpenings
from wsmonitor.analysis.series.history import EndpointHistory, SessionHistory
from wsmonitor.analysis.series.progress import Legs, Progress
from wsmonitor.analysis.series.traffic import Buffer, Rates, Waiting
from wsmonitor.analysis.snapshot import Closure, EndpointView
from wsmonitor.diagnosis.advice import heartbeat_advice
from wsmonitor.diagnosis.findings import Diagnosed
from wsmonitor.facts.events import (
    BreakerChanged,
    Control,
    Disruption,
    ExperimentProgress,
    ExperimentResult,
    HeartbeatKind,
    HeartbeatMissed,
    KnownEarlier,
    Message,
    MessageStatus,
    NetworkChanged,
    OpenFailed,
    OutboxChanged,
    PhaseDone,
    RttSample,
    SlotEvent,
    State,
    StateChanged,
    TcpSample,
    Unlisted,
)
from wsmonitor.facts.tap_events import (
    LegEnded,
    ObserverLost,
    ProtocolViolated,
    TapCost,
    TapListening,
    TapOpened,
    TapRefused,
)
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.tables.known_codes import CloseCodes
from wsmonitor.text.plain_text import visible

Shown = StateChanged | PhaseDone | OpenFailed | HeartbeatMissed | Message | OutboxChanged | Disruption | LegEnded
_ORDERS = 16
"""There are fewer kinds of forced disconnects."""


class SlotFold:
    """Passes each event to the fold of its concern, and assembles their views."""

    def __init__(self, number: int, since_ns: int) -> None:
        self.number = number
        self.progress = Progress(since_ns)
        self.beats = Beats()
        self.sent = Rates()
        self.received = Rates()
        self.buffer = Buffer()
        self.closures = Closures()
        self.failed_openings = FailedOpenings()
        self.conditions = Conditions()
        self.legs: Legs | None = None
        """Of a tapped connection."""
        self.waiting: Waiting | None = None
        """As `legs`."""
        self.proxy = ""
        self.ordered: tuple[str, ...] = ()
        self._kernel: TcpSample | None = None
        self._opened = 0
        """The number of the connection whose opening was seen last."""
        self._messages = 0
        """Data messages since then."""
        self._view: EndpointView | None = None

    def fold(self, event: SlotEvent, at_s: float) -> bool:
        """Take in an event that was true at `at_s`; true if it tells more than a sample does."""
        match event:
            case RttSample():
                self._view = None
                self.beats.answer(event, at_s)
                return False
            case TcpSample(leg="client"):
                return False  # the way to a client on this machine says nothing about the network
            case TcpSample():
                self._view = None
                self._kernel = event
                self.beats.kernel_sample(event, at_s)
                return False
            case Control() | ExperimentProgress() | TapCost():
                return False
            case MessageStatus():
                return event.status in ("dropped", "unknown")
            case Disruption(is_shared=True):
                return True  # of a tap: what it does to this client is told of this client
            case BreakerChanged() | NetworkChanged() | KnownEarlier() | ExperimentResult():
                return True
            case TapListening() | TapOpened() | TapRefused() | ObserverLost() | ProtocolViolated():
                return True
            case _:
                self._view = None
                return self._take(event, at_s)

    def _take(self, event: Shown, at_s: float) -> bool:
        """What the row or the plots show has changed."""
        match event:
            case Message():
                self._messages += 1
                (self.sent if event.direction == "tx" else self.received).count(at_s)
                return False
            case OutboxChanged(direction="tx" | "rx" as direction):
                self.waiting = self.waiting or Waiting()
                self.waiting.change(direction, event.bytes, at_s)
                return False
            case OutboxChanged():
                return self.buffer.change(event, at_s)
            case StateChanged():
                self._change(event, at_s)
            case HeartbeatMissed():
                self.beats.miss(event, at_s)
            case OpenFailed():
                self.progress.fail(event)
                self.failed_openings.add(event, at_s)
            case PhaseDone():
                if event.phase == "tcp":
                    self.proxy = visible(event.detail.get("proxy", ""))
                elif event.phase == "client_http":
                    self.legs = self.legs or Legs()
                    self.waiting = self.waiting or Waiting()
                    self.waiting.begin(at_s)
            case LegEnded():
                self.legs = self.legs or Legs()
                self.legs.end(at_s, event.leg)
            case Disruption():
                self._order(event)
                self.conditions.change(event, at_s)
            case _:
                assert_never(event)
        return True

    def _change(self, event: StateChanged, at_s: float) -> None:
        self.progress.change(event, at_s)
        if self.legs is not None:
            self.legs.change(at_s, event.new)
        self.buffer.begin(at_s)
        if event.old.is_open and not event.new.is_open:
            self.beats.interrupt(at_s)
        elif event.new.is_open and not event.old.is_open:
            self._opened, self._messages = event.connection, 0

    def unlisted(self, messages: Unlisted, first_s: float, last_s: float) -> None:
        """Messages passed in that stretch without an event of their own."""
        self._messages += messages.sent + messages.received
        self.sent.spread(first_s, last_s, messages.sent)
        self.received.spread(first_s, last_s, messages.received)
        self._view = None

    def take_kernel(self, connection: int) -> TcpSample | None:
        """The last that the kernel said of this connection; the next one begins without."""
        last, self._kernel = self._kernel, None
        return last if last is not None and last.connection == connection else None

    def passed(self, connection: int) -> int | None:
        """How many data messages passed on this connection; `None` where its opening was not seen."""
        return self._messages if connection == self._opened else None

    def close(self, closure: Closure, at_s: float, codes: CloseCodes) -> None:
        """A connection ended; `codes` say what its close codes mean."""
        self.closures.add(closure, at_s, codes)
        self.beats.interrupt(at_s)
        if self.waiting is not None:
            self.waiting.interrupt(at_s)
        self.conditions.interrupt(at_s)
        self._view = None

    def _order(self, event: Disruption) -> None:
        """A forced disconnect waits for the opening, or does so no more."""
        kind = visible(event.kind, 60)
        others = tuple(one for one in self.ordered if one != kind)
        self.ordered = (*others, kind)[-_ORDERS:] if event.phase == "waiting" else others

    def lose(self, at_ns: int, at_s: float, reason: str) -> None:
        """The probe is gone: nothing is known from here on."""
        self.ordered = ()
        self.progress.lose(at_ns, at_s, visible(reason))
        if self.legs is not None:
            self.legs.lose(at_s)
        self.beats.interrupt(at_s)
        self.conditions.lose(at_s)
        self.buffer.interrupt(at_s)
        if self.waiting is not None:
            self.waiting.interrupt(at_s)
        self._view = None

    def reset_statistics(self, now_ns: int) -> None:
        """Count from zero; what the plots show stays."""
        self.progress.reset_statistics(now_ns)
        self.beats.reset_statistics()
        self.buffer.reset_statistics()
        self.closures.reset_statistics()
        self.sent.total = self.received.total = 0
        self._view = None

    @property
    def is_at_rest(self) -> bool:
        """True while nothing was begun, or all was stopped."""
        return self.progress.state in (State.IDLE, State.STOPPED)

    def forget_view(self) -> None:
        """Something of the endpoint changed: the next view is made anew."""
        self._view = None

    def view(
        self, config: EndpointConfig, slots: int, session: SessionHistory, said: Diagnosed, tap: TapFold | None = None
    ) -> EndpointView:
        """The slot as it is now; the same object while nothing changed."""
        view = self._view
        shown = None if tap is None else tap.view
        if view is None or view.slots != slots or view.said is not said or view.tap is not shown:
            view = self._assembled(config, slots, session, said)
            if tap is not None:
                view = replace(view, tap=tap.view, client=tap.client(self.number))
            self._view = view
        elif view.history.session is not session:  # once a second, everywhere at once: no time to assemble them all
            view = self._view = replace(view, history=replace(view.history, session=session))
        return view

    def _assembled(self, config: EndpointConfig, slots: int, session: SessionHistory, said: Diagnosed) -> EndpointView:
        progress, beats = self.progress, self.beats
        statistics = beats.statistics[beats.primary]
        return EndpointView(
            name=config.name,
            url=config.url,
            slot=self.number,
            slots=slots,
            state=progress.state,
            since_ns=progress.since_ns,
            opened_ns=progress.opened_ns,
            cause=progress.cause,
            attempt=progress.attempt,
            retry_at_ns=progress.retry_at_ns,
            connection=progress.connection,
            rtt_ns=beats.last_ns,
            p50_ns=statistics.histogram.percentile(50),
            p99_ns=statistics.histogram.percentile(99),
            loss=beats.loss,
            misses_in_a_row=beats.misses_in_a_row,
            buffered=self.buffer.depth,
            buffered_bytes=self.buffer.bytes if self.waiting is None else self.waiting.bytes,
            buffered_limit=config.outbox.max_messages,
            dropped=self.buffer.dropped,
            closures=self.closures.count,
            losses=self.closures.losses,
            failures=progress.failures,
            last_closure=self.closures.last,
            last_failure=progress.last_failure,
            tls_unverified=config.url.startswith("wss:") and not config.tls.verify,
            tags=config.tags,
            proxy=self.proxy,
            ordered=self.ordered,
            sparkline=beats.sparkline,
            said=said,
            advice=heartbeat_advice(config, said.findings, statistics.histogram.percentile(99)),
            history=EndpointHistory(
                round_trips=beats.views(),
                intervals_s=_intervals_s(config),
                missed=beats.missed.view(),
                spoiled=beats.spoiled.view(),
                states=progress.view(),
                buffered=self.buffer.view(),
                sent=self.sent.view(),
                received=self.received.view(),
                closures=self.closures.view(),
                openings=self.failed_openings.view(),
                forced=self.conditions.view(),
                session=session,
                legs={} if self.legs is None else self.legs.view(),
                waiting={} if self.waiting is None else self.waiting.view(),
            ),
        )


def _intervals_s(config: EndpointConfig) -> dict[HeartbeatKind, float]:
    """How often heartbeats are due, by the settings; the kernel is asked every second."""
    found: dict[HeartbeatKind, float] = {"ws": config.ping.every_s, "tcp": 1.0}
    if config.app_heartbeat is not None:
        found["app"] = config.app_heartbeat.interval_s
    return found
