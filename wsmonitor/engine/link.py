"""One dial's connection from its opening to its end: what the tap sees becomes events and steps.

The link owns the heartbeat, the writer and the record of the ending. It starts no task: it lives from
the tap's calls and from `elapse`, which its supervisor calls when `deadline_ns` has come.
"""

import asyncio
import errno
import logging
from typing import Protocol

from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.http11 import Response

from wsmonitor.config import EndpointConfig, to_ns
from wsmonitor.engine import steps, tcp_info
from wsmonitor.engine.clock import Clock
from wsmonitor.engine.heartbeat import Heartbeat, Miss
from wsmonitor.engine.lag import LagMeter
from wsmonitor.engine.outbox import Fate, Outbox
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.tap import TapConnection, parse_close
from wsmonitor.engine.writer import Writer
from wsmonitor.events import (
    ConnectionClosed,
    Control,
    Direction,
    EndedBy,
    HeartbeatMissed,
    Message,
    PhaseDone,
    RttSample,
    TcpSample,
)
from wsmonitor.verdict import Ending, EndingFact

log = logging.getLogger(__name__)

TCP_SAMPLE_NS = to_ns(1)
WAKE_PROBE_TIMEOUT_NS = to_ns(2)
VIOLATION_CODES = frozenset({1002, 1007, 1009})
CONTROL_CAPTURE_BYTES = 125


class LinkOwner(Protocol):
    """Who the link works for."""

    def awaits(self, link: "Link") -> bool: ...

    def link_opened(self, link: "Link", response: Response, at_ns: int) -> None: ...

    def link_ready(self, link: "Link") -> None: ...

    def link_stepped(self, step: steps.Input) -> None: ...

    def link_lost(self, link: "Link") -> None: ...

    def outbox_changed(self, fates: list[Fate]) -> None: ...

    def message_received(self, opcode: Opcode, data: bytes) -> None: ...

    def preamble(self) -> list[str]: ...


class Link:
    """A connection being made, open, or ending. Everything it reports carries its `generation`."""

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
        self.connection: TapConnection | None = None
        self.writer: Writer | None = None
        self._config = config
        self._clock = clock
        self._reporter = reporter
        self._outbox = outbox
        self._owner = owner
        self._lag = lag
        self._ending: Ending | None = None
        self._heartbeat: Heartbeat | None = None
        self._heard = False
        self._missed = False
        self._paused = False
        self._next_tcp_sample_ns: int | None = None

    # Asked by the supervisor

    @property
    def deadline_ns(self) -> int | None:
        """When `elapse` has something to do."""
        if self._heartbeat is None or self._paused:
            return self._next_tcp_sample_ns
        times = (self._heartbeat.deadline_ns, self._next_tcp_sample_ns)
        return min((at_ns for at_ns in times if at_ns is not None), default=None)

    def elapse(self, now_ns: int) -> None:
        """Do what has come due: misses, pings, the kernel's sample."""
        if self.connection is None or self._heartbeat is None or self._ending is None:
            return
        if self._next_tcp_sample_ns is not None and now_ns >= self._next_tcp_sample_ns:
            self._sample_tcp(self.connection, now_ns)
        if self._paused or self._ending.has_begun:
            return
        for miss in self._heartbeat.misses(now_ns):
            self._report_miss(miss, now_ns)
        if self._heartbeat.is_due(now_ns) and not self._ending.has_begun:
            self._ping(now_ns)

    def probe(self) -> None:
        """Ping at once: the machine slept or the network changed, and the peer may be gone."""
        if self._ending is not None and not self._ending.has_begun and not self._paused:
            self._ping(self._clock.now_ns(), timeout_ns=WAKE_PROBE_TIMEOUT_NS)

    def close(self, code: int, reason: str, *, by: EndedBy) -> None:
        """Begin the closing handshake, unless the end has begun already."""
        if self.connection is None or self._ending is None:
            return
        self._ending.note(EndingFact.OUR_CLOSE, self._clock.now_ns(), by=by)
        try:
            self.connection.write_close(code, reason)
        except InvalidState as error:
            log.debug("connection closed between check and close: %s", error)
        self._owner.link_stepped(steps.Ended(self.generation))

    def give_up(self) -> None:
        """The heartbeat gave up: say so with 4000 if nothing waits to be written, else abort."""
        if self.connection is None or self._ending is None:
            return
        self._ending.note(EndingFact.HEARTBEAT_GAVE_UP, self._clock.now_ns(), by="heartbeat")
        if self.connection.unsent_bytes:
            self.abort()
            return
        try:
            self.connection.write_close(4000, "heartbeat")
        except InvalidState:
            self.abort()

    def abort(self) -> None:
        """Drop the transport now."""
        if self.connection is not None and self._ending is not None:
            self._ending.note(EndingFact.OUR_ABORT, self._clock.now_ns())
            self.connection.transport.abort()

    # Asked by disruptions

    def force(self, kind: str | None) -> None:
        """From now on an end of this connection is forced by `kind`; `None` takes that back."""
        if self._ending is not None and not self._ending.has_begun:
            self._ending.forced = kind

    def end(self, fact: EndingFact) -> None:
        """We end the connection in a way of our own: no more pings, nothing more is written."""
        assert self._ending is not None, "only an open connection can be ended"
        self._ending.note(fact, self._clock.now_ns(), by="disruption")
        self.pause(paused=True)
        self._owner.link_stepped(steps.Ended(self.generation))

    def pause(self, *, paused: bool) -> None:
        """While paused nothing is written by ourselves: no message, no ping, and none is missed."""
        self._paused = paused
        if self._heartbeat is not None and not paused:
            self._heartbeat.skip_to(self._clock.now_ns())
        if self.writer is not None:
            self.writer.held = paused
            self.writer.pump()

    # Told by the tap

    def bytes_received(self, count: int, at_ns: int) -> None:
        if self._ending is None or self._heartbeat is None:
            return
        if not self._ending.has_begun:
            self._ending.last_rx_ns = at_ns
        self._heartbeat.received(at_ns)
        if self._missed:
            self._missed = False
            self._owner.link_stepped(steps.Alive(self.generation))

    def opened(self, connection: TapConnection, response: Response, at_ns: int) -> None:
        if not self._owner.awaits(self):
            return  # the dial was given up at this very moment; it closes what it opened
        self.connection = connection
        self._ending = Ending(at_ns)
        self._heartbeat = Heartbeat(self._config.ping, tag=id(self), opened_ns=at_ns)
        self._next_tcp_sample_ns = at_ns + TCP_SAMPLE_NS
        self._owner.link_opened(self, response, at_ns)
        self.writer = Writer(
            connection,
            self._outbox,
            preamble=self._owner.preamble(),
            now_ns=self._clock.now_ns,
            fates=self._owner.outbox_changed,
        )
        # Not at once: we are inside the parser, and the connection is not quite open yet.
        asyncio.get_running_loop().call_soon(self._begin)

    def message_received(self, opcode: Opcode, data: bytes, *, fragments: int, wire_bytes: int, at_ns: int) -> None:
        if not self._heard and self._ending is not None:
            self._heard = True
            duration_ns = at_ns - self._ending.opened_ns
            self._reporter.publish(
                PhaseDone(at_ns=at_ns, phase="app_ready", duration_ns=duration_ns, **self._reporter.who)
            )
            self._owner.link_stepped(steps.AppReady(self.generation))
        self._reporter.publish(
            Message(
                at_ns=at_ns,
                direction="rx",
                opcode=int(opcode),
                size_bytes=len(data),
                wire_bytes=wire_bytes,
                fragments=fragments,
                payload=data[: self._config.limits.capture_bytes],
                **self._reporter.who,
            )
        )
        self._owner.message_received(opcode, data)

    def control_received(self, frame: Frame, at_ns: int) -> None:
        self._publish_control("rx", frame, at_ns)
        if frame.opcode is Opcode.PONG:
            self._pong_received(bytes(frame.data), at_ns)
        elif frame.opcode is Opcode.CLOSE:
            self._close_received(frame, at_ns)

    def frame_sent(self, frame: Frame, *, wire_bytes: int, at_ns: int) -> None:
        if self._ending is not None and not self._ending.has_begun:
            self._ending.last_tx_ns = at_ns
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            payload = bytes(frame.data[: self._config.limits.capture_bytes])
            self._reporter.publish(
                Message(
                    at_ns=at_ns,
                    direction="tx",
                    opcode=int(frame.opcode),
                    size_bytes=len(frame.data),
                    wire_bytes=wire_bytes,
                    payload=payload,
                    **self._reporter.who,
                )
            )
            return
        self._publish_control("tx", frame, at_ns)
        if self.writer is not None:
            self.writer.control_written()
        if frame.opcode is Opcode.CLOSE and self._ending is not None:
            self._ending.close_sent(*parse_close(frame))

    def pong_suppressed(self, frame: Frame, at_ns: int) -> None:
        self._publish_control("tx", frame, at_ns, suppressed=True)

    def failed_by_us(self, code: int, reason: str, at_ns: int) -> None:
        if self._ending is None:
            return
        violation = code in VIOLATION_CODES
        self._ending.note(EndingFact.PEER_VIOLATED_PROTOCOL if violation else EndingFact.OUR_ABORT, at_ns)
        self._owner.link_stepped(steps.Ended(self.generation))

    def end_received(self, at_ns: int) -> None:
        if self._ending is not None:
            self._ending.note(EndingFact.PEER_FIN, at_ns)
            self._owner.link_stepped(steps.Ended(self.generation))

    def writable(self) -> None:
        if self.writer is not None:
            self.writer.writable()

    def lost(self, error: Exception | None, at_ns: int) -> None:
        if self._ending is None:
            return  # never opened: the dial reports it
        if error is not None:
            self._ending.note(_fact_of(error), at_ns)
        verdict = self._ending.verdict(at_ns)
        self._reporter.publish(ConnectionClosed(at_ns=at_ns, verdict=verdict, **self._reporter.who))
        if self.writer is not None:
            self.writer.lost(clean=verdict.clean and verdict.initiator == "local")
        self._heartbeat = self._next_tcp_sample_ns = self.writer = None
        self._owner.link_lost(self)
        self._owner.link_stepped(steps.Lost(self.generation, verdict))

    # Our own

    def _begin(self) -> None:
        if self.writer is not None:
            self.writer.pump()
            self._owner.link_ready(self)

    def _ping(self, now_ns: int, *, timeout_ns: int | None = None) -> None:
        assert self.connection is not None
        assert self._heartbeat is not None
        payload = self._heartbeat.make_payload(now_ns)
        try:
            sent_ns = self.connection.write_ping(payload)
        except InvalidState as error:
            log.debug("connection closed between check and ping: %s", error)
            return
        number = self._heartbeat.sent(payload, sent_ns, timeout_ns=timeout_ns)
        self._outbox.mark(number)

    def _report_miss(self, miss: Miss, now_ns: int) -> None:
        self._missed = True
        self._reporter.publish(
            HeartbeatMissed(
                at_ns=now_ns,
                kind="ws",
                consecutive=miss.consecutive,
                waited_ns=miss.waited_ns,
                lag_ns=self._lag.worst_since(miss.sent_ns),
                **self._reporter.who,
            )
        )
        self._owner.link_stepped(steps.Missed(self.generation))
        if miss.gives_up:
            self._owner.link_stepped(steps.GaveUp(self.generation))

    def _pong_received(self, payload: bytes, at_ns: int) -> None:
        pong = self._heartbeat.pong(payload, at_ns) if self._heartbeat is not None else None
        if pong is None:
            return
        self._reporter.publish(
            RttSample(
                at_ns=at_ns,
                kind="ws",
                round_trip_ns=pong.round_trip_ns,
                lag_ns=self._lag.worst_since(pong.sent_ns),
                late=pong.late,
                **self._reporter.who,
            )
        )
        self._owner.outbox_changed(self._outbox.proven(pong.number))

    def _close_received(self, frame: Frame, at_ns: int) -> None:
        assert self._ending is not None
        self._ending.close_received(*parse_close(frame))
        self._ending.note(EndingFact.PEER_CLOSE, at_ns)
        self._owner.link_stepped(steps.Ended(self.generation))

    def _publish_control(self, direction: Direction, frame: Frame, at_ns: int, *, suppressed: bool = False) -> None:
        self._reporter.publish(
            Control(
                at_ns=at_ns,
                direction=direction,
                opcode=int(frame.opcode),
                payload=bytes(frame.data[:CONTROL_CAPTURE_BYTES]),
                suppressed=suppressed,
                **self._reporter.who,
            )
        )

    def _sample_tcp(self, connection: TapConnection, now_ns: int) -> None:
        info = tcp_info.read(connection.transport.get_extra_info("socket"))
        self._next_tcp_sample_ns = None if info is None else now_ns + TCP_SAMPLE_NS
        if info is None:
            return
        self._reporter.publish(
            TcpSample(
                at_ns=now_ns,
                rtt_ns=info.rtt_ns,
                rtt_var_ns=info.rtt_var_ns,
                min_rtt_ns=info.min_rtt_ns,
                unacked=info.unacked,
                retransmits=info.retransmits,
                total_retransmits=info.total_retransmits,
                unsent_bytes=connection.unsent_bytes,
                **self._reporter.who,
            )
        )


def _fact_of(error: Exception) -> EndingFact:
    """What the transport's own error says, where nothing was known before it."""
    if isinstance(error, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
        return EndingFact.PEER_RST
    if isinstance(error, OSError) and error.errno in (errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH):
        return EndingFact.KERNEL_GAVE_UP
    return EndingFact.LOST
