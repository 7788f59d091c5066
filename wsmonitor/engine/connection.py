"""One dial's connection from its opening to its end: what the tap sees becomes events and steps.

The link owns the record of the ending, the pulse and the writer. It starts no task: it lives from the
tap's calls and from `elapse`, which its supervisor calls when `deadline_ns` has come.
"""

import asyncio
import errno
import logging
from typing import Protocol

from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.http11 import Response

from wsmonitor.engine import steps
from wsmonitor.engine.clocks.clock import Clock
from wsmonitor.engine.clocks.lag import LagMeter
from wsmonitor.engine.heartbeats.pulse import Pulse
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.wire.outbox import Delivery, Outbox
from wsmonitor.engine.wire.watched_connection import WatchedConnection, parse_close
from wsmonitor.engine.wire.writer import Writer
from wsmonitor.facts.events import ConnectionClosed, Control, Direction, EndedBy, Message, PhaseDone
from wsmonitor.facts.verdict import Ending, EndingFact
from wsmonitor.settings.endpoint_settings import EndpointConfig

log = logging.getLogger(__name__)

VIOLATION_CODES = frozenset({1002, 1007, 1009})
CONTROL_CAPTURE_BYTES = 125


class LinkOwner(Protocol):
    """Who the link works for."""

    def awaits(self, link: "Connection") -> bool: ...

    def link_opened(self, link: "Connection", response: Response, at_ns: int) -> None: ...

    def link_ready(self, link: "Connection") -> None: ...

    def link_stepped(self, step: steps.Input) -> None: ...

    def link_lost(self, link: "Connection") -> None: ...

    def outbox_changed(self, fates: list[Delivery]) -> None: ...

    def message_received(self, opcode: Opcode, data: bytes | bytearray) -> None: ...

    def preamble(self) -> list[str]: ...

    def fill(self, text: str, number: int) -> str: ...


class _Open:
    """What an open connection has, from its opening to its end."""

    __slots__ = ("connection", "ending", "pulse", "unsent_bytes", "writer")

    def __init__(self, connection: WatchedConnection, ending: Ending, pulse: Pulse, writer: Writer) -> None:
        self.connection = connection
        self.ending = ending
        self.pulse = pulse
        self.writer = writer
        self.unsent_bytes: int | None = None

    def note(self, fact: EndingFact, at_ns: int, *, by: EndedBy | None = None) -> None:
        """`fact` was true; what waits in our write buffer counts as of the first one."""
        if not self.ending.has_begun:
            self.unsent_bytes = self.connection.unsent_bytes
        self.ending.note(fact, at_ns, by=by)


class Connection:
    """A connection being made, open, or ending. Everything it reports carries its `generation`."""

    __slots__ = (
        *("_clock", "_config", "_health_ping", "_heard", "_lag", "_open", "_outbox", "_owner", "_reporter"),
        "generation",
    )

    def __init__(
        self,
        config: EndpointConfig,
        *,
        generation: int,
        clock: Clock,
        reporter: Reporter,
        outbox: Outbox,
        owner: LinkOwner,
        lag: LagMeter,
    ) -> None:
        self.generation = generation
        self._config = config
        self._clock = clock
        self._reporter = reporter
        self._outbox = outbox
        self._owner = owner
        self._lag = lag
        self._open: _Open | None = None
        self._heard = False
        self._health_ping: int | None = None

    # Asked by the supervisor

    @property
    def connection(self) -> WatchedConnection | None:
        """The connection while it is open or ending."""
        return self._open.connection if self._open is not None else None

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

    def probe(self) -> None:
        """Ping at once: the machine slept or the network changed, and the peer may be gone."""
        if self._open is not None and not self._open.ending.has_begun:
            self._mark(self._open.pulse.probe())

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
            self._open.connection.write_close(code, reason)
        except InvalidState as error:
            log.debug("connection closed between check and close: %s", error)
        self._owner.link_stepped(steps.Ended(self.generation))

    def give_up(self) -> None:
        """The heartbeat gave up: say so with 4000 if nothing waits to be written, else abort."""
        if self._open is None:
            return
        self._open.note(EndingFact.HEARTBEAT_GAVE_UP, self._clock.now_ns(), by="heartbeat")
        if self._open.connection.unsent_bytes:
            self.abort()
            return
        try:
            self._open.connection.write_close(4000, "heartbeat")
        except InvalidState:
            self.abort()

    def abort(self) -> None:
        """Drop the transport now."""
        if self._open is not None:
            self._open.note(EndingFact.OUR_ABORT, self._clock.now_ns())
            self._open.connection.transport.abort()

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
            self._owner.link_stepped(steps.Ended(self.generation))

    def pause(self, *, paused: bool) -> None:
        """While paused nothing is written by ourselves: no message, no ping, and none is missed.

        An end of ours that has begun is not taken back.
        """
        if self._open is not None and (paused or not self._open.ending.has_begun):
            self._open.pulse.pause(paused=paused)
            self._open.writer.paused = paused
            self._open.writer.pump()

    # Told by the tap

    def opened(self, connection: WatchedConnection, response: Response, at_ns: int) -> None:
        if not self._owner.awaits(self):
            return  # the dial was given up at this very moment; it closes what it opened
        self._owner.link_opened(self, response, at_ns)  # counts the connection, which the rest reports
        pulse = Pulse(
            self._config,
            connection,
            opened_ns=at_ns,
            generation=self.generation,
            clock=self._clock,
            reporter=self._reporter,
            lag=self._lag,
            step=self._owner.link_stepped,
            fill=self._owner.fill,
        )
        writer = Writer(
            connection,
            self._outbox,
            preamble=self._owner.preamble(),
            now_ns=self._clock.now_ns,
            fates=self._owner.outbox_changed,
        )
        self._open = _Open(connection, Ending(at_ns), pulse, writer)
        # Not at once: we are inside the parser, and the connection is not quite open yet.
        asyncio.get_running_loop().call_soon(self._begin)

    def bytes_received(self, count: int, at_ns: int) -> None:
        if self._open is not None:
            self._open.ending.received(at_ns)
            self._open.pulse.bytes_received(at_ns)

    def message_received(
        self, opcode: Opcode, data: bytes | bytearray, *, fragments: int, wire_bytes: int, at_ns: int
    ) -> None:
        now_open, reporter = self._open, self._reporter
        if now_open is None:
            return
        if not self._heard:
            self._heard = True
            self._report_app_ready(at_ns - now_open.ending.opened_ns, at_ns)
        admission = reporter.admission
        if admission.messages.admits():
            capture_bytes = self._config.limits.capture_bytes if data and admission.payloads.admits() else 0
            reporter.publish(
                Message(
                    endpoint=reporter.endpoint,
                    connection=reporter.connection,
                    slot=reporter.slot,
                    at_ns=at_ns,
                    direction="rx",
                    opcode=int(opcode),
                    size_bytes=len(data),
                    wire_bytes=wire_bytes,
                    fragments=fragments,
                    payload=bytes(memoryview(data)[:capture_bytes]),
                )
            )
        else:
            admission.unlisted.message(reporter, "rx", len(data), at_ns)
        now_open.pulse.message_received(data, at_ns)
        self._owner.message_received(opcode, data)

    def control_received(self, frame: Frame, at_ns: int) -> None:
        self._report_control("rx", frame, at_ns)
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
            self._report_sent(frame, wire_bytes, at_ns)
            return
        self._report_control("tx", frame, at_ns)
        self._open.writer.control_written()
        if frame.opcode is Opcode.CLOSE:
            self._open.ending.close_sent(*parse_close(frame), at_ns)

    def pong_suppressed(self, frame: Frame, at_ns: int) -> None:
        self._report_control("tx", frame, at_ns, suppressed=True)

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
        if error is not None:
            was.ending.note(_fact_of(error), at_ns)  # the write buffer is gone: what it held is not known
        verdict = was.ending.verdict(at_ns)
        is_proven = verdict.clean and verdict.initiator == "local"
        in_doubt, waiting = was.writer.left(clean=is_proven)
        circumstances = was.ending.circumstances(
            at_ns,
            unsent_bytes=was.unsent_bytes,
            in_doubt=in_doubt,
            waiting=waiting,
            lag_ns=self._lag.worst_since(was.ending.lag_since_ns(), at_ns),
        )
        self._reporter.publish(
            ConnectionClosed(at_ns=at_ns, verdict=verdict, circumstances=circumstances, **self._reporter.who)
        )
        was.writer.lost(clean=is_proven)
        self._owner.link_lost(self)
        self._owner.link_stepped(steps.Lost(self.generation, verdict))

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
        self._owner.link_ready(self)

    def _mark(self, pings: list[int]) -> None:
        """Remember which messages were written before these pings."""
        for number in pings:
            self._outbox.mark(number)

    def _end_begins(self, was_open: _Open, fact: EndingFact, at_ns: int) -> None:
        was_open.note(fact, at_ns)
        self._owner.link_stepped(steps.Ended(self.generation))

    def _pong_received(self, now_open: _Open, payload: bytes, at_ns: int) -> None:
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
        self._owner.link_stepped(steps.AppReady(self.generation))

    def _report_sent(self, frame: Frame, wire_bytes: int, at_ns: int) -> None:
        reporter = self._reporter
        reporter.publish(
            Message(
                endpoint=reporter.endpoint,
                connection=reporter.connection,
                slot=reporter.slot,
                at_ns=at_ns,
                direction="tx",
                opcode=int(frame.opcode),
                size_bytes=len(frame.data),
                wire_bytes=wire_bytes,
                payload=bytes(frame.data[: self._config.limits.capture_bytes]),
            )
        )

    def _report_control(self, direction: Direction, frame: Frame, at_ns: int, *, suppressed: bool = False) -> None:
        reporter = self._reporter
        reporter.publish(
            Control(
                endpoint=reporter.endpoint,
                connection=reporter.connection,
                slot=reporter.slot,
                at_ns=at_ns,
                direction=direction,
                opcode=int(frame.opcode),
                payload=bytes(frame.data[:CONTROL_CAPTURE_BYTES]),
                suppressed=suppressed,
            )
        )


def _fact_of(error: Exception) -> EndingFact:
    """What the transport's own error says, where nothing was known before it."""
    if isinstance(error, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
        return EndingFact.PEER_RST
    if isinstance(error, OSError) and error.errno in (errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH):
        return EndingFact.KERNEL_GAVE_UP
    return EndingFact.LOST
