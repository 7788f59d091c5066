"""Carries out what the state machine of one connection slot decides, and feeds it what happens.

The slot is the single writer of its state. It owns the dial task, the connection and one timer;
it never awaits anything itself.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol, assert_never

from websockets.frames import Opcode
from websockets.http11 import Response
from websockets.typing import BytesLike

from wsmonitor.engine import steps
from wsmonitor.engine.announcer import Announcer
from wsmonitor.engine.clocks.clock import Alarm
from wsmonitor.engine.clocks.route_watch import watched_peer
from wsmonitor.engine.connection import Connection
from wsmonitor.engine.disruptions import Order, TakeBack
from wsmonitor.engine.disruptions.disruptor import Disruptor
from wsmonitor.engine.opening import why_failed
from wsmonitor.engine.opening.dialer import Dialer
from wsmonitor.engine.opening.reach import DialError
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.shared import Shared
from wsmonitor.engine.states import SlotStates
from wsmonitor.engine.wire.outbox import Delivery, Outbox
from wsmonitor.facts.events import Phase, State
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns

log = logging.getLogger(__name__)


class SlotOwner(Protocol):
    """The endpoint that a slot belongs to."""

    def next_connection(self) -> int: ...

    def fill(self, text: str, *, number: int, connection: int) -> str: ...

    def slot_left(self) -> None: ...


class Slot:
    """One connection slot of one endpoint: at most one dial or one live connection at any time."""

    __slots__ = (
        *("_alarm", "_announcer", "_cancel_dial", "_clock", "_config", "_disruptor", "_feeding"),
        *("_is_leaving", "_owner", "_phase_began_ns", "_reporter", "_shared", "_steps", "_way"),
        *("connection", "states", "outbox", "peer_address"),
    )

    def __init__(
        self, config: EndpointConfig, slot: int, shared: Shared, *, owner: SlotOwner, connections_before: int
    ) -> None:
        self._clock = clock = shared.clock
        self.states = SlotStates(config, budget=shared.budget, chance=shared.chance)
        self.outbox = Outbox(config.outbox)
        self.connection: Connection | None = None
        self._config = config
        self._shared = shared
        self._reporter = Reporter(
            shared.publish,
            endpoint=config.name,
            slot=slot,
            connection=connections_before,
            admission=shared.admission,
            capture_bytes=config.limits.capture_bytes,
        )
        self._announcer = Announcer(self._reporter, clock)
        self.peer_address = ""
        """Where the connection leads or last led, if the way there can change; else empty."""
        self._disruptor = Disruptor(clock=clock, reporter=self._reporter, hold_off=self._hold_off, changed=self._arm)
        self._owner = owner
        self._phase_began_ns = 0
        self._way: dict[str, str] = {}
        self._steps: list[steps.Input] = []
        self._feeding = self._is_leaving = False
        self._alarm = Alarm(clock, self._wake)
        self._cancel_dial: Callable[[], object] | None = None

    # Wishes

    def feed(self, step: steps.Input) -> None:
        """Hand a step to the machine and carry out what it decides; steps that follow from it wait.

        What fails is a bug and is logged as one; whatever else was decided is carried out all the same.
        """
        self._steps.append(step)
        if self._feeding:
            return
        self._feeding = True
        while self._steps:
            for action in self.states.receive(self._steps.pop(0), self._clock.now_ns()):
                try:
                    self._carry_out(action)
                except Exception:  # a connection must not stay half decided, whatever went wrong
                    log.exception("%s failed", type(action).__name__)
        self._feeding = False
        self._arm()
        if self._is_leaving and self.states.state is State.STOPPED:
            self._is_leaving = False
            self.retire()
            self._owner.slot_left()

    def leave(self, within_ns: int) -> None:
        """Stop within that time and say nothing more after that; the owner is told when."""
        self._is_leaving = True
        self.feed(steps.Stop(within_ns))

    def retire(self) -> None:
        """Nothing is open and nothing will be: what waits for it is told so."""
        self._disruptor.take_back_waiting()
        self._announcer.messages(self.outbox.discard("the endpoint was changed or removed"))
        self._announcer.outbox(self.outbox)
        self._alarm.cancel()

    def queue(self, payload: bytes, *, is_text: bool) -> Delivery:
        """Queue a message; what became of it: queued, or dropped and why."""
        deliveries = self.outbox.put(payload, is_text=is_text, now_ns=self._clock.now_ns())
        self._announcer.messages(deliveries)
        if self.connection is not None:
            self.connection.pump()
        self._announcer.outbox(self.outbox)  # only now: what was written at once never waited
        self._arm()
        return deliveries[0]

    def disrupt(self, order: Order | TakeBack) -> None:
        """Force a disconnect now, or at the next opening; or take one back."""
        match order:
            case Order():
                self._disruptor.order(order)
            case TakeBack(kind):
                self._disruptor.take_back(kind)
        self._arm()

    def network_changed(self, old: str, new: str) -> None:
        """The way to the peer changed: test what is open, do not wait out old delays."""
        self._announcer.network(old, new)
        if new:
            self.feed(steps.NetworkUp())

    @property
    def has_ended_for_good(self) -> bool:
        """True once nothing more will happen by itself."""
        state = self.states.state
        return state is State.STOPPED or (state is State.FAILED and self.states.deadline_ns is None)

    def abandon(self) -> None:
        """Drop everything at once: the timer, the dial, the connection."""
        self._alarm.cancel()
        if self._cancel_dial is not None:
            self._cancel_dial()
        if self.connection is not None:
            self.connection.abort()

    # Carrying out

    def _carry_out(self, action: steps.Action) -> None:
        match action:
            case steps.Announce():
                self._count_opening(action)
                self._announcer.state(action)
            case steps.AnnounceFailure():
                self._announcer.failure(action, self._way)
            case steps.AnnounceBreaker():
                self._announcer.breaker(action)
            case steps.Dial(generation):
                self._dial(generation)
            case steps.CancelDial():
                if self._cancel_dial is not None:
                    self._cancel_dial()
            case steps.CloseConnection(code, reason, by):
                if self.connection is not None:
                    if by == "disruption":
                        self.connection.force("hold_off")
                    self.connection.close(code, reason, by=by)
            case steps.GiveUpConnection():
                if self.connection is not None:
                    self.connection.give_up()
            case steps.AbortConnection():
                if self.connection is not None:
                    self.connection.abort()
            case steps.CheckConnection():
                if self.connection is not None:
                    self.connection.check()
            case _:
                assert_never(action)

    def _count_opening(self, change: steps.Announce) -> None:
        if change.new.is_opening and not change.old.is_opening:
            self._shared.turns.began(self._config.host_port)
        elif change.old.is_opening and not change.new.is_opening:
            self._shared.turns.ended(self._config.host_port)

    def _dial(self, generation: int) -> None:
        connection = Connection(
            self._config,
            generation=generation,
            shared=self._shared,
            reporter=self._reporter,
            outbox=self.outbox,
            owner=self,
        )
        self._way = {}
        task = self._shared.tasks.start(self._run_dial(connection, generation), name=f"dial {self._config.name}")
        self._cancel_dial = task.cancel

    async def _run_dial(self, connection: Connection, generation: int) -> None:
        report = _Report(self, generation)
        try:
            await Dialer(self._config, clock=self._clock, listener=connection, report=report).dial()
        except DialError as error:
            self.feed(steps.DialFailed(generation, error.failure))
        except BaseException:
            connection.abort()
            raise
        finally:
            if generation == self.states.generation:
                self._cancel_dial = None

    def phase_began(self, generation: int, phase: Phase) -> None:
        """The dial entered `phase`; to be ignored if it is no longer ours."""
        if generation == self.states.generation:
            self._phase_began_ns = self._clock.now_ns()
            self.feed(steps.PhaseBegan(generation, phase))

    def went_to(self, generation: int, detail: dict[str, str]) -> None:
        """The dial goes elsewhere than straight to the endpoint's address: a failure of it says so."""
        if generation == self.states.generation:
            self._way = detail

    def phase_done(self, generation: int, phase: Phase, duration_ns: int, detail: dict[str, str]) -> None:
        """A phase of the dial ended well."""
        if generation == self.states.generation:
            self._announcer.phase(phase, duration_ns, detail, at_ns=self._clock.now_ns())

    # Told by the connection

    def awaits(self, connection: Connection) -> bool:
        """True if `connection` is what we dial now."""
        return connection.generation == self.states.generation and self.states.state is State.UPGRADING

    def connection_opened(self, connection: Connection, response: Response, at_ns: int) -> None:
        detail = why_failed.headers_of(response)
        self._announcer.phase("http", at_ns - self._phase_began_ns, detail, at_ns=at_ns)
        self.connection = connection
        self._reporter.connection = self._owner.next_connection()
        self.feed(steps.Opened(connection.generation))

    def connection_ready(self, connection: Connection) -> None:
        """The connection can be written to: what waited for it may begin."""
        if connection.watched is not None:
            self.peer_address = watched_peer(connection.watched.transport.get_extra_info("peername"))
        self._disruptor.connection_ready(connection)
        self._arm()

    def connection_lost(self, connection: Connection) -> None:
        if self.connection is connection:
            self.connection = None
            self._disruptor.connection_lost()

    def outbox_changed(self, deliveries: list[Delivery]) -> None:
        self._announcer.messages(deliveries)
        self._announcer.outbox(self.outbox)

    def message_received(self, opcode: Opcode, data: BytesLike) -> None:
        if self._config.echo:
            self.queue(bytes(data), is_text=opcode is Opcode.TEXT)

    def preamble(self) -> list[str]:
        connection = self._reporter.connection
        return [self._owner.fill(text, number=0, connection=connection) for text in self._config.preamble]

    def fill(self, text: str, number: int) -> str:
        return self._owner.fill(text, number=number, connection=self._reporter.connection)

    def _hold_off(self, seconds: float) -> None:
        self.feed(steps.Hold(to_ns(seconds)))

    # Time

    def _arm(self) -> None:
        """Be woken at the earliest moment at which anything is due."""
        connection_ns = self.connection.deadline_ns if self.connection is not None else None
        self._alarm.set((self.states.deadline_ns, connection_ns, self.outbox.expires_ns))

    def _wake(self) -> None:
        now_ns = self._clock.now_ns()
        if self.states.take_due(now_ns):
            self.feed(steps.Elapsed())
        if self.connection is not None:
            self.connection.elapse(now_ns)
        self._announcer.messages(self.outbox.expire(now_ns))
        self._announcer.outbox(self.outbox)
        self._arm()


class _Report:
    """What a dial reports, stamped with the generation it belongs to."""

    def __init__(self, slot: Slot, generation: int) -> None:
        self.phase_began = partial(slot.phase_began, generation)
        self.went_to = partial(slot.went_to, generation)
        self.phase_done = partial(slot.phase_done, generation)
