"""One dial's connection from its opening to its end: what is seen on the wire becomes events and steps.

It owns the record of the ending, the pulse and the writer. It starts no task: it lives from what
`WatchedConnection` tells and from `elapse`, which its slot calls when `deadline_ns` has come.
"""

import asyncio
import logging
from typing import Protocol

from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.typing import BytesLike

from wsmonitor.engine import steps
from wsmonitor.engine.heartbeats.pulse import Pulse
from wsmonitor.engine.open_connection import OpenConnection, is_proven
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.shared import Shared
from wsmonitor.engine.wire.outbox import Delivery, Outbox
from wsmonitor.engine.wire.watched_connection import WatchedConnection
from wsmonitor.engine.wire.watched_protocol import parse_close
from wsmonitor.engine.wire.writer import Writer
from wsmonitor.facts.events import ConnectionClosed, EndedBy, PhaseDone
from wsmonitor.facts.verdict import Ending, EndingFact
from wsmonitor.settings.endpoint_settings import EndpointConfig

log = logging.getLogger(__name__)

VIOLATION_CODES = frozenset({1002, 1007, 1009})


class ConnectionOwner(Protocol):
    """The slot that the connection belongs to."""

    def awaits(self, connection: "Connection") -> bool: ...

    def connection_opened(self, connection: "Connection", response: Response, at_ns: int) -> None: ...

    def connection_ready(self, connection: "Connection") -> None: ...

    def feed(self, step: steps.Input) -> None: ...

    def connection_lost(self, connection: "Connection") -> None: ...

    def outbox_changed(self, deliveries: list[Delivery]) -> None: ...

    def message_received(self, opcode: Opcode, data: BytesLike) -> None: ...

    def preamble(self) -> list[str]: ...

    def fill(self, text: str, number: int) -> str: ...


class Connection:
    """A connection being made, open, or ending. Everything it reports carries its `generation`."""

    __slots__ = (
        *("_clock", "_config", "_health_ping", "_heard", "_open", "_outbox", "_owner", "_reporter", "_shared"),
        "generation",
    )

    def __init__(
        self,
        config: EndpointConfig,
        *,
        generation: int,
        shared: Shared,
        reporter: Reporter,
        outbox: Outbox,
        owner: ConnectionOwner,
    ) -> None:
        self.generation = generation
        self._config = config
        self._shared = shared
        self._clock = shared.clock
        self._reporter = reporter
        self._outbox = outbox
        self._owner = owner
        self._open: OpenConnection | None = None
        self._heard = False
        self._health_ping: int | None = None

    # Asked by the slot

    @property
    def watched(self) -> WatchedConnection | None:
        """What is on the wire, while it is open or ending."""
        return self._open.watched if self._open is not None else None

    @property
    def deadline_ns(self) -> int | None:
        """When `elapse` has something to do."""
        if self._open is None:
            return None
        return self._open.pulse.deadline_ns(ending=self._open.ending.has_begun)

    def elapse(self, now_ns: int) -> None:
        """Do what has come due."""
        if self._open is not None:
            pings = self._open.pulse.elapse(now_ns, ending=self._open.ending.has_begun)
            self._mark(pings)

    def check(self) -> None:
        """Ping at once: the machine slept or the network changed, and the peer may be gone."""
        if self._open is not None and not self._open.ending.has_begun:
            self._mark(self._open.pulse.check())

    def pump(self) -> None:
        """Write what waits, as far as the connection takes it."""
        if self._open is not None:
            self._open.writer.pump()

    def close(self, code: int, reason: str, *, by: EndedBy) -> None:
        """Begin the closing handshake, unless the end has begun already."""
        if self._open is None:
            return
        self._open.note(EndingFact.OUR_CLOSE, self._clock.now_ns(), by=by)
        try:
            self._open.watched.write_close(code, reason)
        except InvalidState as error:
            log.debug("connection closed between check and close: %s", error)
        self._owner.feed(steps.Ended(self.generation))

    def give_up(self) -> None:
        """The heartbeat gave up: say so with 4000 if nothing waits to be written, else abort."""
        if self._open is None:
            return
        self._open.note(EndingFact.HEARTBEAT_GAVE_UP, self._clock.now_ns(), by="heartbeat")
        if self._open.watched.unsent_bytes:
            self.abort()
            return
        try:
            self._open.watched.write_close(4000, "heartbeat")
        except InvalidState:
            self.abort()

    def abort(self) -> None:
        """Drop the transport now."""
        if self._open is not None:
            self._open.note(EndingFact.OUR_ABORT, self._clock.now_ns())
            self._open.watched.transport.abort()

    # Asked by disruptions

    def force(self, kind: str | None) -> None:
        """From now on an end of this connection is forced by `kind`; `None` takes that back."""
        if self._open is not None and not self._open.ending.has_begun:
            self._open.ending.forced = kind

    def end(self, fact: EndingFact) -> None:
        """We end the connection in a way of our own: no more pings, nothing more is written."""
        if self._open is not None:
            self._open.note(fact, self._clock.now_ns(), by="disruption")
            self.pause(paused=True)
            self._owner.feed(steps.Ended(self.generation))

    def pause(self, *, paused: bool) -> None:
        """While paused nothing is written by ourselves: no message, no ping, and none is missed.

        An end of ours that has begun is not taken back.
        """
        if self._open is not None and (paused or not self._open.ending.has_begun):
            self._open.pulse.pause(paused=paused)
            self._open.writer.paused = paused
            self._open.writer.pump()

    # Told by what watches the wire

    def opened(self, watched: WatchedConnection, response: Response, at_ns: int) -> None:
        if not self._owner.awaits(self):
            return  # the dial was given up at this very moment; it closes what it opened
        self._owner.connection_opened(self, response, at_ns)  # counts the connection, which the rest reports
        pulse = Pulse(
            self._config,
            watched,
            opened_ns=at_ns,
            generation=self.generation,
            shared=self._shared,
            reporter=self._reporter,
            step=self._owner.feed,
            fill=self._owner.fill,
        )
        writer = Writer(
            watched,
            self._outbox,
            preamble=self._owner.preamble(),
            now_ns=self._clock.now_ns,
            deliveries=self._owner.outbox_changed,
        )
        self._open = OpenConnection(watched, Ending(at_ns), pulse, writer)
        # Not at once: we are inside the parser, and the connection is not quite open yet.
        asyncio.get_running_loop().call_soon(self._begin)

    def bytes_received(self, count: int, at_ns: int) -> None:
        if self._open is not None:
            self._open.ending.received(at_ns)
            self._open.pulse.bytes_received(at_ns)

    def message_received(self, opcode: Opcode, data: BytesLike, *, fragments: int, wire_bytes: int, at_ns: int) -> None:
        now_open = self._open
        if now_open is None:
            return
        if not self._heard:
            self._heard = True
            self._report_app_ready(at_ns - now_open.ending.opened_ns, at_ns)
        self._reporter.received(opcode, data, fragments=fragments, wire_bytes=wire_bytes, at_ns=at_ns)
        now_open.pulse.message_received(data, at_ns)
        self._owner.message_received(opcode, data)

    def late_received(self, frame: Frame, *, wire_bytes: int, at_ns: int) -> None:
        """Told, and nothing more: what comes after the peer's Close is answered by nobody."""
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._reporter.received(frame.opcode, bytes(frame.data), fragments=1, wire_bytes=wire_bytes, at_ns=at_ns)
        elif frame.opcode is not Opcode.CONT:
            self._reporter.control("rx", frame, at_ns)

    def control_received(self, frame: Frame, at_ns: int) -> None:
        self._reporter.control("rx", frame, at_ns)
        if self._open is None:
            return
        if frame.opcode is Opcode.PONG:
            self._pong_received(self._open, bytes(frame.data), at_ns)
        elif frame.opcode is Opcode.CLOSE:
            self._open.ending.close_received(*parse_close(frame), at_ns)
            self._end_begins(self._open, EndingFact.PEER_CLOSE, at_ns)

    def frame_sent(self, frame: Frame, *, wire_bytes: int, at_ns: int) -> None:
        if self._open is None:
            return
        if frame.opcode is not Opcode.CLOSE:
            self._open.ending.sent(at_ns)
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._open.pulse.message_sent(at_ns)
            self._reporter.sent(frame, wire_bytes, at_ns)
            return
        self._reporter.control("tx", frame, at_ns)
        self._open.writer.control_written()
        if frame.opcode is Opcode.CLOSE:
            self._open.ending.close_sent(*parse_close(frame), at_ns)

    def pong_suppressed(self, frame: Frame, at_ns: int) -> None:
        self._reporter.control("tx", frame, at_ns, suppressed=True)

    def failed_by_us(self, code: int, reason: str, at_ns: int) -> None:
        if self._open is not None:
            violation = code in VIOLATION_CODES
            fact = EndingFact.PEER_VIOLATED_PROTOCOL if violation else EndingFact.OUR_ABORT
            self._end_begins(self._open, fact, at_ns)

    def end_received(self, at_ns: int) -> None:
        if self._open is not None:
            self._end_begins(self._open, EndingFact.PEER_FIN, at_ns)

    def writable(self) -> None:
        if self._open is not None:
            self._open.writer.writable()

    def lost(self, error: Exception | None, at_ns: int) -> None:
        if self._open is None:
            return  # never opened: the dial reports it
        was, self._open = self._open, None
        verdict, circumstances = was.judged(error, at_ns, self._shared.lag)
        self._reporter.publish(
            ConnectionClosed(at_ns=at_ns, verdict=verdict, circumstances=circumstances, **self._reporter.who)
        )
        was.writer.lost(clean=is_proven(verdict))
        self._owner.connection_lost(self)
        self._owner.feed(steps.Lost(self.generation, verdict))

    # Our own

    def _begin(self) -> None:
        if self._open is None:
            return
        if self._config.health_check:
            self._open.writer.held = True
            pings = self._open.pulse.check_health()
            self._mark(pings)
            self._health_ping = pings[0] if pings else None
        self._open.writer.pump()
        self._owner.connection_ready(self)

    def _mark(self, pings: list[int]) -> None:
        """Remember which messages were written before these pings."""
        for number in pings:
            self._outbox.mark(number)

    def _end_begins(self, was_open: OpenConnection, fact: EndingFact, at_ns: int) -> None:
        was_open.note(fact, at_ns)
        self._owner.feed(steps.Ended(self.generation))

    def _pong_received(self, now_open: OpenConnection, payload: bytes, at_ns: int) -> None:
        pong = now_open.pulse.pong_received(payload, at_ns)
        if pong is None:
            return
        if self._health_ping is not None and pong.number >= self._health_ping:
            self._health_ping = None
            now_open.pulse.healthy()
            now_open.writer.held = False
            asyncio.get_running_loop().call_soon(self.pump)  # we are inside the parser
        self._owner.outbox_changed(self._outbox.proven(pong.number))

    def _report_app_ready(self, duration_ns: int, at_ns: int) -> None:
        event = PhaseDone(at_ns=at_ns, phase="app_ready", duration_ns=duration_ns, **self._reporter.who)
        self._reporter.publish(event)
        self._owner.feed(steps.AppReady(self.generation))
