"""What is remembered of the clients of a tap for the rules that judge them: bounded, whatever comes."""

from collections import deque
from dataclasses import dataclass, field

from wsmonitor.facts.event import EndpointEvent
from wsmonitor.facts.events import (
    ConnectionClosed,
    Control,
    Disruption,
    HeartbeatMissed,
    Message,
    OpenFailed,
    OutboxChanged,
    RttSample,
    State,
    StateChanged,
)
from wsmonitor.facts.tap_events import TapOpened

KEPT = 64
IN_FLIGHT_NS = 250_000_000
"""What a client sends so soon after the server's Close may have left before it came."""
BACKLOG_BYTES = 64 * 1024
_CLOSE = 8


@dataclass(slots=True)
class Now:
    """One connection that is open."""

    slot: int
    connection: int
    opened_ns: int
    pid: int | None = None
    is_forced: bool = False
    own_close_ns: int | None = None
    servers_close_ns: int | None = None
    code: int | None = None
    last_tx_ns: int = 0
    waits_since_ns: int | None = None
    """Since when the client has not read what waits for it."""
    waiting_bytes: int = 0


@dataclass(frozen=True, slots=True)
class SentLate:
    """A message that a client sent after a Close; `is_own`: after its own."""

    at_ns: int
    slot: int
    connection: int
    is_own: bool
    after_ns: int
    code: int | None
    head: bytes


@dataclass(frozen=True, slots=True)
class Attempt:
    """A client asked again, `gap_ns` after the last end, when no other was open.

    `code` and `retry_after_ns` are what that end, or that refusal, had said.
    """

    at_ns: int
    slot: int
    connection: int
    gap_ns: int
    code: int | None
    status: int | None
    retry_after_ns: int | None


@dataclass(frozen=True, slots=True)
class Doubled:
    """A process opened a second connection, and never spoke on the first again while it lived on."""

    at_ns: int
    slot: int
    connection: int
    pid: int
    together_ns: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """A client did not read for so long while so much waited for it."""

    at_ns: int
    slot: int
    connection: int
    lasted_ns: int
    waiting_bytes: int


@dataclass(slots=True)
class _End:
    at_ns: int
    code: int | None = None
    status: int | None = None
    retry_after_ns: int | None = None
    is_forced: bool = False


@dataclass(slots=True)
class Clients:
    """Folds the events of one tap."""

    sent_late: deque[SentLate] = field(default_factory=lambda: deque(maxlen=KEPT))
    attempts: deque[Attempt] = field(default_factory=lambda: deque(maxlen=KEPT))
    doubled: deque[Doubled] = field(default_factory=lambda: deque(maxlen=KEPT))
    backlogs: deque[Backlog] = field(default_factory=lambda: deque(maxlen=KEPT))
    deaf: deque[HeartbeatMissed] = field(default_factory=lambda: deque(maxlen=KEPT))
    answered: int = 0
    """Pings of servers that clients answered."""
    now: dict[int, Now] = field(default_factory=dict)
    _pids: dict[int, int | None] = field(default_factory=dict)
    _end: _End | None = None

    def feed(self, event: EndpointEvent) -> bool:
        """Take in an event of this tap; true if there is something new to judge."""
        before = self._facts
        self._fold(event)
        return self._facts != before

    @property
    def _facts(self) -> tuple[int, ...]:
        """Changes with every fact that is remembered, until the newest of a sort stand in for all."""
        sorts = (self.sent_late, self.attempts, self.doubled, self.backlogs, self.deaf)
        return tuple(one[-1].at_ns if one else 0 for one in sorts)

    def _fold(self, event: EndpointEvent) -> None:
        match event:
            case Message(direction="tx"):
                self._sent(event)
            case Control(opcode=opcode) if opcode == _CLOSE:
                self._close_heard(event)
            case StateChanged():
                self._changed(event)
            case TapOpened():
                self._pids[event.slot] = event.pid
                if event.slot in self.now:
                    self.now[event.slot].pid = event.pid
            case ConnectionClosed():
                self._closed(event)
            case OpenFailed():
                self._end = _End(event.at_ns, status=event.status, retry_after_ns=event.retry_after_ns)
            case HeartbeatMissed(kind="client"):
                if (now := self.now.get(event.slot)) is not None and not now.is_forced:
                    self.deaf.append(event)
            case RttSample(kind="client"):
                self.answered += 1
            case OutboxChanged(direction="rx"):
                self._waiting(event)
            case Disruption(is_shared=False, phase="started"):
                if event.slot in self.now:
                    self.now[event.slot].is_forced = True

    def _sent(self, event: Message) -> None:
        now = self.now.get(event.slot)
        if now is None:
            return
        now.last_tx_ns = event.at_ns
        if now.is_forced:
            return
        since_ns, is_own = now.own_close_ns, True
        if since_ns is None:
            since_ns, is_own = now.servers_close_ns, False
        if since_ns is None or (not is_own and event.at_ns - since_ns < IN_FLIGHT_NS):
            return
        after_ns = event.at_ns - since_ns
        who = (event.at_ns, event.slot, event.connection)
        self.sent_late.append(SentLate(*who, is_own, after_ns, now.code, event.payload[:80]))

    def _close_heard(self, event: Control) -> None:
        now = self.now.get(event.slot)
        if now is None:
            return
        if event.direction == "tx":
            now.own_close_ns = now.own_close_ns or event.at_ns
        else:
            now.servers_close_ns = now.servers_close_ns or event.at_ns
            now.code = int.from_bytes(event.payload[:2], "big") if len(event.payload) >= 2 else 1005

    def _changed(self, event: StateChanged) -> None:
        if event.new is State.RESOLVING and not event.old.is_opening:
            self._asked(event)
        elif event.new.is_open and not event.old.is_open:
            pid = self._pids.get(event.slot)
            self.now[event.slot] = Now(event.slot, event.connection, event.at_ns, pid, last_tx_ns=event.at_ns)

    def _asked(self, event: StateChanged) -> None:
        self._pids[event.slot] = None  # of who comes now nothing is known yet
        end, self._end = self._end, None
        if end is None or end.is_forced or self.now:
            return  # with others about it cannot be told who came back
        gap_ns = event.at_ns - end.at_ns
        who = (event.at_ns, event.slot, event.connection)
        self.attempts.append(Attempt(*who, gap_ns, end.code, end.status, end.retry_after_ns))

    def _closed(self, event: ConnectionClosed) -> None:
        now = self.now.pop(event.slot, None)
        verdict = event.verdict
        is_forced = verdict.forced is not None or verdict.by is not None
        code = verdict.received_code if verdict.initiator == "peer" else None
        is_wished = verdict.initiator == "local" and verdict.clean
        self._end = _End(event.at_ns, code=code, is_forced=is_forced or is_wished)
        if now is None or is_forced:
            return
        self._note_backlog(now, event.at_ns)
        for other in self.now.values():
            is_same = now.pid is not None and other.pid == now.pid
            if is_same and now.last_tx_ns <= other.opened_ns > now.opened_ns and not other.is_forced:
                together_ns = now.opened_ns + verdict.life_ns - other.opened_ns
                if together_ns > 0 and now.pid is not None:
                    self.doubled.append(Doubled(event.at_ns, other.slot, other.connection, now.pid, together_ns))

    def _waiting(self, event: OutboxChanged) -> None:
        now = self.now.get(event.slot)
        if now is None or now.is_forced:
            return
        if event.bytes < BACKLOG_BYTES:
            self._note_backlog(now, event.at_ns)
            now.waits_since_ns, now.waiting_bytes = None, 0
        else:
            now.waits_since_ns = now.waits_since_ns or event.at_ns
            now.waiting_bytes = max(now.waiting_bytes, event.bytes)

    def _note_backlog(self, now: Now, at_ns: int) -> None:
        if now.waits_since_ns is not None:
            lasted_ns = at_ns - now.waits_since_ns
            self.backlogs.append(Backlog(at_ns, now.slot, now.connection, lasted_ns, now.waiting_bytes))
