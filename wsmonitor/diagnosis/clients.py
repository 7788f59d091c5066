"""What is remembered of the clients of a tap for the rules that judge them: bounded, whatever comes."""

from collections import OrderedDict, deque

from msgspec import Struct, field

from wsmonitor.facts.event import EndpointEvent
from wsmonitor.facts.events import (
    ConnectionClosed,
    Control,
    Disruption,
    HeartbeatMissed,
    Message,
    OpenFailed,
    OutboxChanged,
    PhaseDone,
    RttSample,
    State,
    StateChanged,
)
from wsmonitor.facts.tap_events import TapOpened

KEPT = 64
IN_FLIGHT_NS = 250_000_000
"""What a client sends so soon after the server's Close may have left before it came."""
FLOWING_NS = 50_000_000
QUEUED_BYTES = 64 * 1024
"""As may messages in a stream without a longer pause, and those of more bytes: they were on their way already."""
BACKLOG_BYTES = 64 * 1024
DEAF_NS = 1_000_000_000
"""A ping that has had no pong for so long when the connection ends had none at all."""
_CLOSE, _PING, _PONG = 8, 9, 10


class Who(Struct, frozen=True):
    """A client as far as connections tell: its process, where that can be seen, and the path that it asks for."""

    pid: int | None = None
    path: str = ""


class Now(Struct):
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
    has_answered: bool = False
    """It answered a ping of the server."""
    asked_ns: int | None = None
    """Since when a ping of the server has had no pong, nor has it counted as missed."""


class Unanswered(Struct, frozen=True):
    """A ping of the server had no pong for so long; `lag_ns` of it may be our own."""

    at_ns: int
    slot: int
    connection: int
    waited_ns: int
    lag_ns: int
    pid: int | None


class SentLate(Struct, frozen=True):
    """A message that a client sent after a Close; `is_own`: after its own."""

    at_ns: int
    slot: int
    connection: int
    is_own: bool
    after_ns: int
    code: int | None
    head: bytes


class Attempt(Struct, frozen=True):
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


class Doubled(Struct, frozen=True):
    """A process opened a second connection, and never spoke on the first again while it lived on."""

    at_ns: int
    slot: int
    connection: int
    pid: int
    together_ns: int


class Backlog(Struct, frozen=True):
    """A client did not read for so long while so much waited for it."""

    at_ns: int
    slot: int
    connection: int
    lasted_ns: int
    waiting_bytes: int


class _End(Struct):
    at_ns: int
    code: int | None = None
    status: int | None = None
    retry_after_ns: int | None = None
    is_forced: bool = False


class Clients(Struct):
    """Folds the events of one tap."""

    sent_late: deque[SentLate] = field(default_factory=lambda: deque(maxlen=KEPT))
    attempts: deque[Attempt] = field(default_factory=lambda: deque(maxlen=KEPT))
    doubled: deque[Doubled] = field(default_factory=lambda: deque(maxlen=KEPT))
    backlogs: deque[Backlog] = field(default_factory=lambda: deque(maxlen=KEPT))
    deaf: deque[Unanswered] = field(default_factory=lambda: deque(maxlen=KEPT))
    answering: deque[int | None] = field(default_factory=lambda: deque(maxlen=KEPT))
    """The processes that answered a ping of the server, each once; `None` for those that nobody could see."""
    who: OrderedDict[int, Who] = field(default_factory=OrderedDict)
    """Who made the last connections, by their number."""
    now: dict[int, Now] = field(default_factory=dict)
    _asking: dict[int, Who] = field(default_factory=dict)
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
            case Control():
                self._control(event)
            case StateChanged():
                self._changed(event)
            case TapOpened():
                self._known(event.slot, Who(event.pid, self._asking.get(event.slot, Who()).path))
            case PhaseDone(phase="client_http"):
                path = event.detail.get("asked", "").partition("?")[0]
                self._known(event.slot, Who(self._asking.get(event.slot, Who()).pid, path))
            case ConnectionClosed():
                self._closed(event)
            case OpenFailed():
                self._end = _End(event.at_ns, status=event.status, retry_after_ns=event.retry_after_ns)
                self._asking.pop(event.slot, None)
            case HeartbeatMissed(kind="client"):
                if (now := self.now.get(event.slot)) is not None and not now.is_forced:
                    now.asked_ns = None
                    who = (event.at_ns, event.slot, event.connection)
                    self.deaf.append(Unanswered(*who, event.waited_ns, event.lag_ns, now.pid))
            case RttSample(kind="client"):
                self._answered(event.slot)
            case OutboxChanged(direction="rx"):
                self._waiting(event)
            case Disruption(is_shared=False, phase="started"):
                if event.slot in self.now:
                    self.now[event.slot].is_forced = True

    def _known(self, slot: int, who: Who) -> None:
        """Who asks, or holds, the connection of a slot."""
        self._asking[slot] = who
        if (now := self.now.get(slot)) is not None:
            now.pid = who.pid
            self.who[now.connection] = who
            if now.has_answered:
                self._answered(slot)

    def _answered(self, slot: int) -> None:
        if (now := self.now.get(slot)) is not None:
            now.has_answered = True
            if now.pid not in self.answering:
                self.answering.append(now.pid)

    def miss_samples(self) -> None:
        """Samples were dropped: a pong may be among them."""
        for now in self.now.values():
            now.asked_ns = None

    def _control(self, event: Control) -> None:
        now = self.now.get(event.slot)
        if event.opcode == _CLOSE:
            self._close_heard(event)
        elif now is not None and (event.direction, event.opcode) == ("rx", _PING):
            now.asked_ns = now.asked_ns or event.at_ns
        elif now is not None and (event.direction, event.opcode) == ("tx", _PONG):
            now.asked_ns = None

    def _sent(self, event: Message) -> None:
        now = self.now.get(event.slot)
        if now is None:
            return
        pause_ns, now.last_tx_ns = event.at_ns - now.last_tx_ns, event.at_ns
        if now.is_forced:
            return
        since_ns, is_own = now.own_close_ns, True
        if since_ns is None:
            since_ns, is_own = now.servers_close_ns, False
        if since_ns is None:
            return
        is_queued = pause_ns < FLOWING_NS or event.wire_bytes > QUEUED_BYTES
        if not is_own and (is_queued or event.at_ns - since_ns < IN_FLIGHT_NS):
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
            who = self._asking.get(event.slot, Who())
            self.now[event.slot] = Now(event.slot, event.connection, event.at_ns, who.pid, last_tx_ns=event.at_ns)
            self.who[event.connection] = who
            while len(self.who) > KEPT:
                self.who.popitem(last=False)

    def _asked(self, event: StateChanged) -> None:
        end, self._end = self._end, None
        if end is None or end.is_forced or self.now:
            return  # with others about it cannot be told who came back
        gap_ns = event.at_ns - end.at_ns
        who = (event.at_ns, event.slot, event.connection)
        self.attempts.append(Attempt(*who, gap_ns, end.code, end.status, end.retry_after_ns))

    def _closed(self, event: ConnectionClosed) -> None:
        now = self.now.pop(event.slot, None)
        self._asking.pop(event.slot, None)  # of who comes next nothing is known yet
        verdict = event.verdict
        is_forced = verdict.forced is not None or verdict.by is not None
        code = verdict.received_code if verdict.initiator == "peer" else None
        is_wished = verdict.initiator == "local" and verdict.clean
        self._end = _End(event.at_ns, code=code, is_forced=is_forced or is_wished)
        if now is None or is_forced:
            return
        self._note_backlog(now, event.at_ns)
        ended_ns = now.opened_ns + verdict.life_ns
        if now.asked_ns is not None and ended_ns - now.asked_ns >= DEAF_NS:
            self.deaf.append(Unanswered(event.at_ns, event.slot, event.connection, ended_ns - now.asked_ns, 0, now.pid))
        for other in self.now.values():
            is_same = now.pid is not None and other.pid == now.pid
            if is_same and now.last_tx_ns <= other.opened_ns > now.opened_ns and not other.is_forced:
                together_ns = ended_ns - other.opened_ns
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
