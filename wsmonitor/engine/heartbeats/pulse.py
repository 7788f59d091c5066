"""The regular life of one open connection: protocol pings, application heartbeats, the kernel's samples.

What is due when is decided by the pure `Heartbeat` and `AppHeartbeat`; here it is written, published
and passed on as steps of the state machine.
"""

import logging
from collections.abc import Callable

from websockets.exceptions import InvalidState
from websockets.typing import BytesLike

from wsmonitor.engine import steps
from wsmonitor.engine.clocks.lag import SAMPLE_NS
from wsmonitor.engine.heartbeats.app_beats import AppAnswer, AppHeartbeat, PeerBeat
from wsmonitor.engine.heartbeats.message_match import ReceivedText
from wsmonitor.engine.heartbeats.pings import Heartbeat, Pong
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.shared import Shared
from wsmonitor.engine.wire import tcp_info
from wsmonitor.engine.wire.watched_connection import WatchedConnection
from wsmonitor.facts.events import HeartbeatKind, HeartbeatMissed, RttSample, TcpSample
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns

log = logging.getLogger(__name__)

WAKE_CHECK_TIMEOUT_NS = to_ns(2)
HEALTH_UNPROVEN = "health check: no pong yet, messages are held back until one comes"
NONE_MISSED: frozenset[HeartbeatKind] = frozenset()
"""Shared: an empty set of its own would be dear on every connection."""


class Pulse:
    """Beats for one open connection.

    Args:
        step: takes `Missed`, `Alive` and `GaveUp` of this connection.
        fill: fills in the placeholders of a heartbeat's text; its argument is the beat's number.
    """

    __slots__ = (
        *("_app", "_app_number", "_awaits_health", "_clock", "_connection", "_fill", "_generation", "_is_beating"),
        *("_lag", "_missed", "_next_tcp_sample_ns", "_paused", "_ping", "_pings", "_reporter", "_step"),
    )

    def __init__(
        self,
        config: EndpointConfig,
        connection: WatchedConnection,
        *,
        opened_ns: int,
        generation: int,
        shared: Shared,
        reporter: Reporter,
        step: Callable[[steps.Input], None],
        fill: Callable[[str, int], str],
    ) -> None:
        self._connection = connection
        self._generation = generation
        self._clock = shared.clock
        self._reporter = reporter
        self._lag = shared.lag
        self._step = step
        self._fill = fill
        self._pings = config.ping.enabled
        self._ping = Heartbeat(config.ping, tag=id(self), opened_ns=opened_ns, phase=shared.lag.next_phase())
        app = config.app_heartbeat
        self._app = AppHeartbeat(app, opened_ns=opened_ns) if app is not None and app.enabled else None
        self._app_number = 0
        self._is_beating = False
        # In step with the pings: one wake-up for both.
        self._next_tcp_sample_ns: int | None = self._next_sample_ns(self._ping.regular_ns, opened_ns)
        self._missed = NONE_MISSED
        self._paused = self._awaits_health = False

    def deadline_ns(self, *, ending: bool) -> int | None:
        """When `elapse` has something to do."""
        times = [self._next_tcp_sample_ns]
        if not self._paused and not ending:
            times.append(self._ping.deadline_ns)
            times.append(self._app.deadline_ns if self._app is not None else None)
        return min((at_ns for at_ns in times if at_ns is not None), default=None)

    def elapse(self, now_ns: int, *, ending: bool) -> list[int]:
        """Do what has come due; while `ending`, only look. The numbers of the pings that were written."""
        if self._next_tcp_sample_ns is not None and now_ns >= self._next_tcp_sample_ns:
            self._sample_tcp(now_ns)
        if self._paused or ending:
            return []
        written = []
        for miss in self._ping.misses(now_ns):
            self._report_miss("ws", miss.consecutive, miss.waited_ns, miss.sent_ns, gives_up=miss.gives_up)
        if self._app is not None:
            for late in self._app.misses(now_ns):
                self._report_miss("app", late.consecutive, late.waited_ns, late.sent_ns, gives_up=late.gives_up)
            if self._app.is_due(now_ns):
                self._beat(self._app)
        if self._ping.is_due(now_ns):
            written += self.ping_now(None)
        return written

    def ping_now(self, timeout_ns: int | None) -> list[int]:
        """Write a ping; its number, or nothing if the connection has closed meanwhile."""
        payload = self._ping.make_payload()
        try:
            # A stamp costs a tenth of a ping: not where thousands ping.
            asks = self._lag.sample_every_ns == SAMPLE_NS
            sent_ns = self._connection.write_ping(payload, asks=asks)
        except InvalidState as error:
            log.debug("connection closed between check and ping: %s", error)
            return []
        return [self._ping.sent(payload, sent_ns, timeout_ns=timeout_ns)]

    def check_health(self) -> list[int]:
        """Ping at once, and on as the settings say until `healthy`, though they turn pings off."""
        self._awaits_health = True
        if not self._pings:
            self._ping.begin()
        return self.ping_now(None)

    def healthy(self) -> None:
        """The pong came that the health check waited for."""
        self._awaits_health = False
        if not self._pings:
            self._ping.cease()

    def check(self) -> list[int]:
        """Ping at once with a short timeout: the machine slept or the network changed."""
        return self.ping_now(WAKE_CHECK_TIMEOUT_NS) if self._pings and not self._paused else []

    def pause(self, *, paused: bool) -> None:
        """While paused no heartbeat leaves and none is missed."""
        self._paused = paused
        if not paused:
            now_ns = self._clock.now_ns()
            self._ping.skip_to(now_ns)
            if self._app is not None:
                self._app.skip_to(now_ns)

    def bytes_received(self, at_ns: int) -> None:
        """Any byte counts as life of the peer's WebSocket layer, though not of its application."""
        self._ping.received(at_ns)
        self._recover("ws")

    def pong_received(self, payload: bytes, at_ns: int) -> Pong | None:
        """Publish the round trip, as our kernel saw it, if the pong that was just read answers one of ours."""
        pong = self._ping.pong(payload, at_ns, self._connection.waited_ns)
        if pong is not None:
            left_after_ns = self._connection.left_after_ns(pong.sent_ns)
            took_ns = pong.round_trip_ns - (left_after_ns if left_after_ns < pong.round_trip_ns else 0)
            self._report_round_trip("ws", took_ns, pong.sent_ns, at_ns, late=pong.late)
        return pong

    def message_sent(self, at_ns: int) -> None:
        """A data message left: activity, unless it is a heartbeat of ours."""
        if self._app is not None and not self._is_beating:
            self._app.active(at_ns)

    def message_received(self, data: BytesLike, at_ns: int) -> None:
        """Look at a data message: an answer, the peer's heartbeat, or activity."""
        if self._app is None:
            return
        answer = self._app.received(ReceivedText(bytes(data)), at_ns, self._connection.waited_ns)
        match answer:
            case AppAnswer():
                self._report_round_trip("app", answer.round_trip_ns, answer.sent_ns, at_ns)
                self._recover("app")
            case PeerBeat():
                self._recover("app")
                self._write(self._app.reply)
            case None:
                self._app.active(at_ns)

    def _beat(self, app: AppHeartbeat) -> None:
        self._app_number += 1
        correlation = self._fill(app.correlation, self._app_number)
        sent_ns = self._clock.now_ns()
        if self._write(app.request):
            app.sent(sent_ns, correlation=correlation)

    def _write(self, text: str) -> bool:
        """Write a heartbeat's text past the outbox; False if the connection closed or is congested."""
        if not text or self._connection.paused:
            return False
        self._is_beating = True
        try:
            self._connection.write_message(self._fill(text, self._app_number).encode(), is_text=True)
        except InvalidState as error:
            log.debug("connection closed between check and heartbeat: %s", error)
            return False
        finally:
            self._is_beating = False
        return True

    def _recover(self, kind: HeartbeatKind) -> None:
        if kind in self._missed:
            self._missed = self._missed - {kind} or NONE_MISSED
            if not self._missed:
                self._step(steps.Alive(self._generation))

    def _report_round_trip(
        self, kind: HeartbeatKind, round_trip_ns: int, sent_ns: int, at_ns: int, *, late: bool = False
    ) -> None:
        reporter = self._reporter
        reporter.publish(
            RttSample(
                endpoint=reporter.endpoint,
                connection=reporter.connection,
                slot=reporter.slot,
                at_ns=at_ns,
                kind=kind,
                round_trip_ns=round_trip_ns,
                lag_ns=self._lag.worst_since(sent_ns, at_ns),
                late=late,
            )
        )

    def _report_miss(
        self, kind: HeartbeatKind, consecutive: int, waited_ns: int, sent_ns: int, *, gives_up: bool
    ) -> None:
        now_ns = self._clock.now_ns()
        self._missed |= {kind}
        self._sample_tcp(now_ns)  # whether the path or the peer is stuck, only the kernel can tell
        self._reporter.publish(
            HeartbeatMissed(
                at_ns=now_ns,
                kind=kind,
                consecutive=consecutive,
                waited_ns=waited_ns,
                lag_ns=self._lag.worst_since(sent_ns, now_ns),
                **self._reporter.who,
            )
        )
        held = kind == "ws" and self._awaits_health
        self._step(steps.Missed(self._generation, HEALTH_UNPROVEN) if held else steps.Missed(self._generation))
        if gives_up:
            self._step(steps.GaveUp(self._generation))

    def _sample_tcp(self, now_ns: int) -> None:
        info = tcp_info.read(self._connection.transport.get_extra_info("socket"))
        if info is None:
            self._next_tcp_sample_ns = None
            return
        self._next_tcp_sample_ns = self._next_sample_ns(self._next_tcp_sample_ns or now_ns, now_ns)
        reporter = self._reporter
        reporter.publish(
            TcpSample(
                endpoint=reporter.endpoint,
                connection=reporter.connection,
                slot=reporter.slot,
                at_ns=now_ns,
                rtt_ns=info.rtt_ns,
                rtt_var_ns=info.rtt_var_ns,
                min_rtt_ns=info.min_rtt_ns,
                unacked=info.unacked,
                retransmits=info.retransmits,
                total_retransmits=info.total_retransmits,
                unsent_bytes=self._connection.unsent_bytes,
                probes=info.probes,
                not_sent_bytes=info.not_sent_bytes,
            )
        )

    def _next_sample_ns(self, grid_ns: int, now_ns: int) -> int:
        """The next time after now that is whole sample intervals away from `grid_ns`."""
        every_ns = self._lag.sample_every_ns
        return now_ns + every_ns - (now_ns - grid_ns) % every_ns
