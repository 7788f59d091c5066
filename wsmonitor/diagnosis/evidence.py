"""The facts that rules see: bounded records of one endpoint, of its host, and of the monitor itself.

Only what the peer or the path may answer for is `ended`: forced closures, our own stop and policy are
kept apart and never count; what they survived still speaks against limits.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from wsmonitor.diagnosis.clients import Clients
from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.host_record import HostRecord
from wsmonitor.diagnosis.measured import Measured
from wsmonitor.facts.events import (
    REGULAR_CODES,
    ConnectionClosed,
    Control,
    Disruption,
    EndpointEvent,
    ExperimentResult,
    HeartbeatMissed,
    Message,
    NetworkChanged,
    OpenFailed,
    OutboxChanged,
    PhaseDone,
    RttSample,
    State,
    StateChanged,
    TcpSample,
)
from wsmonitor.facts.own_troubles import Surroundings
from wsmonitor.facts.tap_events import TapCost
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns
from wsmonitor.text.units import duration

T = TypeVar("T")

RECORDS = 20
"""Rules run over so many of the last connections."""
LASTING = 6
LASTING_NS = 1_000_000_000
ATTEMPTS = 100
SETTLED_NS = 60_000_000_000
"""A connection open for so long settles what ended shorter ones."""
_OUTLIVED = 3


class Failure(Struct, frozen=True):
    """An opening that failed, told apart by `serial` from connections and other failures."""

    serial: int
    at_ns: int
    slot: int
    connection: int
    event: OpenFailed


class Opening(Struct, frozen=True):
    """A TCP connect that worked and what it tried; for happy eyeballs."""

    at_ns: int
    slot: int
    connection: int
    attempts: str


class _SlotState(Struct):
    """What one slot is doing: its connection, and how it got there."""

    record: ConnectionRecord | None = None
    stopped: ConnectionRecord | None = None
    tcp_ns: int | None = None
    is_redial: bool = False
    outbox_depth: int = 0
    conditions: set[str] = field(default_factory=set)


class Evidence:
    """Folds the events of one endpoint; everything a rule may look at.

    `now_ns` is the time of the evaluation. `claimed` says which serials a rule with precedence has
    explained already, and its id, in the evaluation that runs.
    """

    def __init__(self, config: EndpointConfig, own: Surroundings, host: HostRecord) -> None:
        self.config = config
        self.own = own
        self.host = host
        self.now_ns = 0
        self.claimed: dict[int, str] = {}
        self._unexplained: list[ConnectionRecord] | None = None
        self._present: list[ConnectionRecord] | None = None
        self._memo: dict[Hashable, tuple[Hashable, object]] = {}
        self.ended: deque[ConnectionRecord] = deque(maxlen=RECORDS)
        self.lasting: deque[ConnectionRecord] = deque(maxlen=LASTING)
        """The last of those that ended after a while: they outlast a storm of short ones."""
        self.forced: deque[ConnectionRecord] = deque(maxlen=RECORDS)
        self.failures: deque[Failure] = deque(maxlen=RECORDS)
        self.attempts: deque[bool] = deque(maxlen=ATTEMPTS)
        """For each of the last attempts whether it opened."""
        self.openings: deque[Opening] = deque(maxlen=RECORDS)
        self.clients = Clients()
        """What is known of other programs' connections, where this is a tap."""
        self.network: deque[NetworkChanged] = deque(maxlen=RECORDS)
        self.last_opened_ns: int | None = None
        self.measured = Measured()
        self.changes: deque[tuple[int, str]] = deque(maxlen=RECORDS)
        """When settings of the endpoint changed, and how that reads after "since"."""
        self._slots: dict[int, _SlotState] = {}
        self._serial = 0
        self.was_tap = config.is_tap
        """True if these were connections of other programs once."""
        self._dwell_ns = 0  # of a tap: what it may have added itself to a round trip

    @property
    def live(self) -> list[ConnectionRecord]:
        """The connections that are open."""
        return [slot.record for slot in self._slots.values() if slot.record is not None]

    @property
    def present(self) -> list[ConnectionRecord]:
        """The open connections, and those that only our own stop ended: what was true of them still tells."""
        if self._present is None:
            self._present = [one for slot in self._slots.values() if (one := slot.record or slot.stopped) is not None]
        return self._present

    @property
    def unharmed(self) -> list[ConnectionRecord]:
        """The open connections, and those that only we ended: whatever they outlived they outlived."""
        return [*self.forced, *self.live]

    @property
    def late_facts(self) -> int:
        """So many facts about the monitor and the host were told: a look sees more of them a little later."""
        return self.own.facts + self.host.facts

    @property
    def unexplained(self) -> list[ConnectionRecord]:
        """The ended connections that nothing with precedence explains, oldest first."""
        if self._unexplained is None:
            self._unexplained = [record for record in self.ended if record.serial not in self.claimed]
        return self._unexplained

    @property
    def earlier(self) -> list[ConnectionRecord]:
        """Those of `lasting` that are not among `ended` any more."""
        ended = {record.serial for record in self.ended}
        return [record for record in self.lasting if record.serial not in ended]

    @property
    def unexplained_failures(self) -> list[Failure]:
        """The failed openings that nothing with precedence explains, oldest first."""
        return [failure for failure in self.failures if failure.serial not in self.claimed]

    @property
    def all_records(self) -> list[ConnectionRecord]:
        """Every record there is, forced and open ones included: for what was survived."""
        return [*self.ended, *self.unharmed]

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_memo": {}, "claimed": {}, "_unexplained": None}

    # Looking

    def begin(self, now_ns: int) -> None:
        """The rules look now, and nothing is explained yet."""
        self.now_ns = now_ns
        self.claimed = {}
        self._unexplained = None

    def claim(self, serials: Iterable[int], rule: str) -> None:
        """A rule explains these connections and failures; those behind it do not see them."""
        self.claimed.update(dict.fromkeys(serials, rule))
        self._unexplained = None

    def is_over(self, serials: frozenset[int]) -> bool:
        """True if a connection lived so long after the last of these closures that they seem to be history."""
        records = [record for record in self.ended if record.serial in serials]
        if not records:
            return False
        newest_ns = max(record.closed_ns for record in records)
        longest_ns = max(record.life_ns for record in records)
        patience_ns = max(SETTLED_NS, _OUTLIVED * longest_ns)
        return any(
            record.opened_ns >= newest_ns and record.age_ns(self.now_ns) > patience_ns for record in self.unharmed
        )

    def remember(self, name: Hashable, version: Hashable, make: Callable[[], T]) -> T:
        """What `make` gave for this name; asked again once `version`, all that it depends on, is another."""
        known = self._memo.get(name)
        if known is None or known[0] != version:
            known = self._memo[name] = (version, make())
        return known[1]  # type: ignore[return-value]  # it was made under this name

    # Folding

    def configure(self, config: EndpointConfig, at_ns: int) -> None:
        """Take over edited settings at `at_ns`; what was seen under the old ones stays."""
        if config != self.config:
            self.changes.append((at_ns, _what_changed(self.config, config)))
            self.config = config
            self.was_tap |= config.is_tap

    def feed(self, event: EndpointEvent) -> bool:
        """Take in an event of this endpoint; true if the rules should look again."""
        is_news = self.config.is_tap and self.clients.feed(event)
        match event:
            case TcpSample():
                if event.leg != "client":  # the way to a client on this machine says nothing about the network
                    self._record(event).kernel_sample(event)
            case Message():
                self._record(event).message(event)
            case RttSample():
                ours_ns = max(event.lag_ns, self._dwell_ns)
                self._record(event).answer(event if ours_ns == event.lag_ns else replace(event, lag_ns=ours_ns))
            case TapCost():
                self._dwell_ns = event.p99_ns
            case Control():
                self._record(event).control(event)
            case OutboxChanged():
                self._slot(event.slot).outbox_depth = event.depth
            case PhaseDone():
                self._phase(event)
            case StateChanged():
                self._change(event)
            case ConnectionClosed():
                self._close(event)
                return True
            case OpenFailed():
                self._fail(event)
                return True
            case HeartbeatMissed():
                self._record(event).miss(event)
                return True
            case NetworkChanged():
                self.network.append(event)
                return True
            case Disruption():
                self._disruption(event)
            case ExperimentResult():
                self.measured.take(event)
                return True
        return is_news

    def lose(self) -> None:
        """The probe is gone: what was open is known no more, but for what it survived until then."""
        self._present = None
        for slot in self._slots.values():
            if slot.record is not None:
                slot.record.lose_sight()
                self.forced.append(slot.record)
            slot.record = None
            slot.is_redial = False

    def miss_samples(self) -> None:
        """Samples were dropped: silences and counts of what is open are no proof any more."""
        self.clients.miss_samples()
        for record in self.live:
            record.gappy = True

    def forget(self) -> None:
        """Begin anew; open connections stay."""
        for records in (self.ended, self.lasting, self.forced, self.failures):
            records.clear()
        for facts in (self.attempts, self.openings, self.network):
            facts.clear()
        self.clients = Clients(now=self.clients.now, who=self.clients.who)
        self.measured.forget()
        self._memo.clear()

    def waiting(self, record: ConnectionRecord) -> int:
        """How many messages wait in the outbox of the record's slot."""
        return self._slot(record.slot).outbox_depth

    def _phase(self, event: PhaseDone) -> None:
        if event.phase != "tcp":
            return
        self._slot(event.slot).tcp_ns = event.duration_ns
        attempts = event.detail.get("attempts", "")
        if attempts:
            self.openings.append(Opening(event.at_ns, event.slot, event.connection, attempts))

    def _change(self, event: StateChanged) -> None:
        slot, self._present = self._slot(event.slot), None
        if event.new is State.RESOLVING and not event.old.is_opening:
            if slot.is_redial and not self.config.is_tap:  # who comes to a tap dials at its own pace, not at ours
                self.host.redialled(event.at_ns, event.endpoint, event.slot)
            slot.tcp_ns = None
        if event.new.is_open and not event.old.is_open:
            slot.record, slot.stopped = self._new_record(event.slot, event.connection, event.at_ns), None
            self._memo.clear()
            self.attempts.append(True)
            self.last_opened_ns = event.at_ns
            self.host.opened(event.endpoint, event.slot, event.at_ns)
        elif event.new in (State.STOPPED, State.IDLE, State.HOLD):
            slot.is_redial = False

    def _fail(self, event: OpenFailed) -> None:
        self._serial += 1
        self.failures.append(Failure(self._serial, event.at_ns, event.slot, event.connection, event))
        self.attempts.append(False)
        self._slot(event.slot).is_redial = True

    def _close(self, event: ConnectionClosed) -> None:
        slot, verdict, self._present = self._slot(event.slot), event.verdict, None
        record = slot.record or self._new_record(event.slot, event.connection, event.at_ns - verdict.life_ns)
        record.close(event.at_ns, verdict)
        slot.record = None
        slot.conditions.clear()
        self._memo.clear()
        if verdict.is_ours:
            self.forced.append(record)
            slot.stopped = record if verdict.by == "stop" and verdict.forced is None else None
            self.host.gone(event.endpoint, event.slot)
            slot.is_redial = False
        else:
            self.ended.append(record)
            if verdict.life_ns >= LASTING_NS:
                self.lasting.append(record)
            self.host.closed(event)
            is_short = verdict.life_ns < to_ns(self.config.retry.stable_after_s)
            slot.is_redial = is_short and verdict.received_code not in REGULAR_CODES

    def _disruption(self, event: Disruption) -> None:
        """What happens to a connection that was disrupted is not the peer's doing."""
        if event.is_shared:
            return  # told of each connection that it acts on as well
        slot = self._slot(event.slot)
        if event.phase == "started":
            slot.conditions.add(event.kind)
            if slot.record is not None:
                slot.record.disrupt(event.at_ns)
        else:
            slot.conditions.discard(event.kind)

    def _record(self, event: EndpointEvent) -> ConnectionRecord:
        state = self._slots.get(event.slot)
        if state is not None and state.record is not None:
            return state.record
        # A recording may begin in the middle; after a closure, stragglers get a record that nobody keeps.
        return ConnectionRecord(0, event.slot, event.connection, event.at_ns, None)

    def _slot(self, number: int) -> _SlotState:
        if number not in self._slots:
            self._slots[number] = _SlotState()
        return self._slots[number]

    def _new_record(self, number: int, connection: int, opened_ns: int) -> ConnectionRecord:
        self._serial += 1
        slot = self._slot(number)
        record = ConnectionRecord(self._serial, number, connection, opened_ns, slot.tcp_ns)
        if slot.conditions:
            record.disrupt(opened_ns)
        record.codes = self.config.codes
        return record


def _what_changed(old: EndpointConfig, new: EndpointConfig) -> str:
    if new.app_heartbeat != old.app_heartbeat and new.app_heartbeat is not None:
        return f"it beats every {duration(to_ns(new.app_heartbeat.interval_s))}"
    if new.ping != old.ping:
        return f"it pings every {duration(to_ns(new.ping.every_s))}" if new.ping.enabled else "it pings no more"
    return "its settings changed"
