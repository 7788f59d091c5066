"""Facts -> fold -> immutable snapshots: the one place where events become what is shown."""

from collections import deque
from collections.abc import Iterable
from itertools import chain

from wsmonitor.analysis.alerts.raised import RaisedAlerts
from wsmonitor.analysis.endpoints.endpoint_fold import EndpointFold
from wsmonitor.analysis.experiments import Experiments
from wsmonitor.analysis.health import HealthFold
from wsmonitor.analysis.log import Log
from wsmonitor.analysis.snapshot import Closure, EndpointView, FailedOpening, Snapshot
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.diagnosis.diagnosis import Diagnosis
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.facts.events import (
    AlertChanged,
    AnyEvent,
    ClockAnchor,
    ClockJump,
    ConnectionClosed,
    Control,
    EndpointEvent,
    ExperimentProgress,
    ExperimentResult,
    KnownEarlier,
    LoopLag,
    Message,
    Note,
    OpenFailed,
    ProbeLost,
    ProbeStarted,
    RttSample,
    SamplesDropped,
    SlotEvent,
    State,
    StateChanged,
    TcpSample,
)
from wsmonitor.facts.numbers import MOST_SLOTS
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes

LOG_ROWS = 20_000
MESSAGE_ROWS = 50_000
PAYLOAD_BYTES = 64 * 1024 * 1024
UNANNOUNCED_SLOTS = 1_000
"""So many slots that no configuration named may come up in events; what is about more is left out and counted."""
_CLOSURES = 5_000
_REMOVED = 16


class Analyzer:
    """Folds events into bounded state.

    Args:
        start_ns: the session's first moment on the monotonic clock of the events.
        wall_ns: what the wall clock read then; `ClockAnchor` events correct it.
    """

    def __init__(self, start_ns: int, wall_ns: int) -> None:
        self._start_ns = start_ns
        self._wall = WallClock(wall_ns - start_ns)
        self._endpoints: dict[str, EndpointFold] = {}
        self._removed: dict[str, EndpointFold] = {}
        self._leaving: dict[str, EndpointFold] = {}
        """Removed, but not yet ended, while another has its name."""
        self._rows: dict[str, list[EndpointView]] = {}
        """What each endpoint shows, in order; nothing once endpoints came or went."""
        self._touched: set[str] = set()
        """Whose rows are to be made anew."""
        self._health = HealthFold(start_ns)
        self._session = self._health.session()
        self._codes: dict[str, CloseCodes] = {}
        """Never changed, only replaced: snapshots share it."""
        self._log = Log(limit=LOG_ROWS, limit_bytes=PAYLOAD_BYTES, codes_of=self._codes_of)
        self._messages = Log(limit=MESSAGE_ROWS, limit_bytes=PAYLOAD_BYTES, codes_of=self._codes_of)
        self._closures: deque[tuple[EndpointFold, Closure]] = deque(maxlen=_CLOSURES)
        self._closures_view: tuple[Closure, ...] | None = ()
        self._failures: deque[tuple[EndpointFold, FailedOpening]] = deque(maxlen=_CLOSURES)
        self._failures_view: tuple[FailedOpening, ...] | None = ()
        self._experiments = Experiments()
        self._alerts = RaisedAlerts()
        self._diagnosis = Diagnosis()
        self._room = UNANNOUNCED_SLOTS

    def add_endpoint(self, config: EndpointConfig) -> None:
        """Show rows for an endpoint before its first event, or take over its edited configuration.

        Under the name of one that was removed it begins a new history, whatever its URL: what is still said of
        the old one, until its last slot has stopped, is not said of the new one.
        """
        name = config.name
        removed = self._removed.pop(name, None)
        if removed is not None and not removed.is_at_rest:
            self._leaving[name] = removed
        self._rows.clear()
        self._diagnosis.configure(config, anew=removed is not None)
        self._learn(config)
        if name in self._endpoints:
            self._endpoints[name].configure(config)
        else:
            self._endpoints[name] = EndpointFold(config, self._start_ns)

    def restore_endpoint(self, config: EndpointConfig) -> int:
        """Bring an endpoint back that was removed, with all that was known of it; the number of its last connection."""
        if config.name in self._removed:
            self._endpoints[config.name] = self._removed.pop(config.name)
            self._closures_view = self._failures_view = None
        self.add_endpoint(config)
        return max(slot.progress.connection for slot in self._endpoints[config.name].slots)

    def remove_endpoint(self, name: str) -> None:
        """Show the endpoint and its closures no more; what is still said of it is kept in case it comes back."""
        endpoint = self._endpoints.pop(name, None)
        if endpoint is None:
            return
        self._removed[name] = endpoint
        self._rows.clear()
        self._alerts.forget(name)
        if len(self._removed) > _REMOVED:
            del self._removed[next(iter(self._removed))]
        self._closures_view = self._failures_view = None

    def feed(self, events: Iterable[AnyEvent]) -> None:
        """Take in events in the order in which they were stated."""
        for event in events:
            if isinstance(event, EndpointEvent) and not self._has_room(event.endpoint, event.slot):
                self.skip()
                continue
            if not isinstance(event, EndpointEvent) or event.endpoint not in self._leaving:
                self._diagnosis.feed(event)
            at_s = (event.at_ns - self._start_ns) / 1e9
            match event:
                case TcpSample() | RttSample() | Message() | Control():  # most events by far
                    self._sample(event, at_s)
                case LoopLag():
                    self._health.lag(event, at_s)
                case ClockAnchor():
                    self._wall = event.clock
                case ClockJump():
                    self._health.jump(event)
                    self._log.append(event)
                case SamplesDropped():
                    self._drop(event)
                case Note():
                    self._health.note(event.text, (event.moment_ns - self._start_ns) / 1e9)
                    self._log.append(event)
                case AlertChanged():
                    self._alerts.change(event)
                    self._log.append(event)
                case ProbeStarted():
                    self._health.start(event, at_s)
                    self._log.append(event)
                case ProbeLost():
                    self._lose(event, at_s)
                case KnownEarlier():
                    self._endpoint(event.endpoint).know_earlier(event)
                    self._fold(event, at_s)
                case ConnectionClosed():
                    self._close(event, at_s)
                case OpenFailed():
                    endpoint = self._endpoint(event.endpoint)
                    self._failures.append((endpoint, endpoint.fail(event)))
                    self._failures_view = None
                    self._fold(event, at_s)
                case ExperimentProgress():
                    self._experiments.progress(event)
                case ExperimentResult():
                    self._experiments.result(event)
                    self._fold(event, at_s)
                case _:
                    self._fold(event, at_s)

    def skip(self) -> None:
        """An event came that could not be taken: it is counted, and silences prove nothing any more."""
        self._health.skip()
        self._diagnosis.miss_samples()

    def snapshot(self, now_ns: int, *, looks: bool = True) -> Snapshot:
        """What is known now. Only endpoints that changed since the last one cost anything.

        `looks`: the rules look at what changed; else they say what they said.
        """
        if looks:
            self._diagnosis.look_now(now_ns)
        return Snapshot(
            at_ns=now_ns,
            start_ns=self._start_ns,
            wall=self._wall,
            endpoints=self._views(),
            closures=self._closures_shown(),
            failures=self._failures_shown(),
            log=self._log.view(),
            messages=self._messages.view(),
            health=self._health.health(),
            codes=self._codes,
            experiments=self._experiments.views(),
            alerts=self._alerts.view(),
        )

    def summary(self, now_ns: int) -> tuple[EndpointSummary, ...]:
        """What the run came to, one summary for each endpoint."""
        self._diagnosis.look_now(now_ns, is_last=True)
        return tuple(
            endpoint.summary(now_ns, self._diagnosis.said(endpoint.config.name))
            for endpoint in self._endpoints.values()
        )

    def take_finding_changes(self) -> list[FindingChange]:
        """What the rules stated and withdrew since the last call, in order."""
        return self._diagnosis.take_changes()

    def reset_statistics(self, now_ns: int, names: Iterable[str] | None = None) -> None:
        """Count percentiles, loss, attempts, closures and messages from zero; `None` means everywhere."""
        for name in self._endpoints if names is None else names:
            if name in self._endpoints:
                self._touched.add(name)
                self._endpoints[name].reset_statistics(now_ns)
                self._diagnosis.forget(name)

    def _sample(self, event: TcpSample | RttSample | Message | Control, at_s: float) -> None:
        self._endpoint(event.endpoint).slot(event.slot).fold(event, at_s)
        if isinstance(event, Message | Control):
            self._messages.append(event, len(event.payload), counts=isinstance(event, Message))

    def _fold(self, event: SlotEvent, at_s: float) -> None:
        endpoint = self._endpoint(event.endpoint)
        is_notable = endpoint.slot(event.slot).fold(event, at_s)
        endpoint.know_tap(event, at_s)
        if isinstance(event, StateChanged) and event.new is State.STOPPED:
            endpoint.trim()
            if endpoint is self._leaving.get(event.endpoint) and endpoint.is_at_rest:
                del self._leaving[event.endpoint]
        if is_notable:
            self._log.append(event)

    def _drop(self, event: SamplesDropped) -> None:
        self._health.drop(event)
        self._log.append(event)
        for one in event.unlisted:
            if not self._has_room(one.endpoint, one.slot):
                self.skip()
                continue
            first_s, last_s = ((at_ns - self._start_ns) / 1e9 for at_ns in (one.first_ns, one.last_ns))
            self._endpoint(one.endpoint).slot(one.slot).unlisted(one, first_s, last_s)

    def _close(self, event: ConnectionClosed, at_s: float) -> None:
        endpoint = self._endpoint(event.endpoint)
        self._closures.append((endpoint, endpoint.close(event, at_s)))
        self._closures_view = None
        self._log.append(event)

    def _lose(self, event: ProbeLost, at_s: float) -> None:
        self._health.lose(event, at_s)
        self._log.append(event)
        self._leaving.clear()
        self._rows.clear()
        self._experiments.lose(event.at_ns)
        for endpoint in (*self._endpoints.values(), *self._removed.values()):
            endpoint.lose(event.at_ns, at_s, "measurement stopped")

    def _has_room(self, name: str, slot: int) -> bool:
        """Whether an event may be about this slot: one that was announced, or one of not too many others."""
        endpoint = self._known(name)
        there = len(endpoint.slots) if endpoint is not None else 0
        if 0 <= slot < there:
            return True
        if not 0 <= slot < MOST_SLOTS or slot - there >= self._room:
            return False
        self._room -= slot + 1 - there
        return True

    def _known(self, name: str) -> EndpointFold | None:
        if not self._leaving and (endpoint := self._endpoints.get(name)) is not None:
            return endpoint
        return self._leaving.get(name) or self._endpoints.get(name) or self._removed.get(name)

    def _endpoint(self, name: str) -> EndpointFold:
        """The endpoint of an event; one that nobody announced gets a row."""
        self._touched.add(name)
        endpoint = self._known(name)
        if endpoint is None:
            self._rows.clear()
            endpoint = self._endpoints[name] = EndpointFold(EndpointConfig(name=name, url=""), self._start_ns)
        return endpoint

    def _views(self) -> tuple[EndpointView, ...]:
        """All rows; made anew where something happened, or is said now. Of our own lag only these have the newest."""
        session, before = self._health.session(), self._session
        if (session.gaps, session.notes) != (before.gaps, before.notes):
            self._rows.clear()
        self._session = session
        touched = (self._touched | self._diagnosis.take_spoken()) if self._rows else self._endpoints
        for name in touched:
            if (endpoint := self._endpoints.get(name)) is not None:
                self._rows[name] = endpoint.views(session, self._diagnosis.said(name))
        self._touched.clear()
        return tuple(chain.from_iterable(self._rows.values()))

    def _closures_shown(self) -> tuple[Closure, ...]:
        if self._closures_view is None:
            self._closures_view = tuple([one for of, one in self._closures if self._endpoints.get(one.endpoint) is of])
        return self._closures_view

    def _failures_shown(self) -> tuple[FailedOpening, ...]:
        if self._failures_view is None:
            self._failures_view = tuple([one for of, one in self._failures if self._endpoints.get(one.endpoint) is of])
        return self._failures_view

    def _codes_of(self, endpoint: str) -> CloseCodes:
        return self._codes.get(endpoint, EVERYBODYS)

    def _learn(self, config: EndpointConfig) -> None:
        """Take over what codes mean at an endpoint; what was worded otherwise is worded anew."""
        if config.codes != self._codes_of(config.name):
            self._codes = {**self._codes, config.name: config.codes}
            self._log.forget_words()
            self._messages.forget_words()
