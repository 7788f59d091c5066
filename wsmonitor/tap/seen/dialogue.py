"""What passes on one tapped connection -> events, told from the viewpoint of the user's client.

`tx` is what the client sent, `rx` what it got. Quick, never raises, holds no payloads, sends nothing.
"""

from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from wsmonitor.engine.clocks.lag import LagMeter
from wsmonitor.engine.reporter import Reporter
from wsmonitor.facts.events import Control, Direction, HeartbeatKind, HeartbeatMissed, Message, PhaseDone, RttSample
from wsmonitor.facts.tap_events import ObserverLost, ProtocolViolated
from wsmonitor.facts.verdict import Ending
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns
from wsmonitor.tap.request.request_head import AnswerHead
from wsmonitor.tap.seen.app_beats import AppBeats, BeatAnswered
from wsmonitor.tap.seen.inflater import Inflater, parse_extensions
from wsmonitor.tap.seen.round_trips import Pings
from wsmonitor.tap.seen.scanner import (
    CLOSE,
    PING,
    PONG,
    TEXT,
    ControlSeen,
    MessageSeen,
    Scanner,
    Seen,
    Violated,
    WentBlind,
    close_of,
)

CloseHeard = Callable[[Direction, int, str, int, int | None], None]
"""Direction, code and reason of a Close frame, when it was read, and when it was written."""
_RTT_KINDS: dict[Direction, HeartbeatKind] = {"tx": "ws", "rx": "client"}
_SENDERS: dict[Direction, str] = {"tx": "client", "rx": "server"}


class Watched(Protocol):
    """One direction of a pair, as far as it can be watched."""

    def watch(
        self,
        scanner: Scanner,
        observe: Callable[[list[Seen], int, int | None], None],
        written: Callable[[int, int], None],
    ) -> None: ...


def watch(ways: Mapping[Direction, Watched], dialogue: "Dialogue", head: AnswerHead, *, capture_bytes: int) -> None:
    """Look at the frames of both directions from here on; `head` says what was agreed about them."""
    extensions = parse_extensions(head.values("sec-websocket-extensions"))
    keeps: dict[Direction, bool] = {"tx": extensions.client_keeps_context, "rx": extensions.server_keeps_context}
    for direction, way in ways.items():
        inflater = None
        if extensions.deflates and extensions.is_known:
            inflater = Inflater(keeps_context=keeps[direction], capture_bytes=capture_bytes)
        scanner = Scanner(
            "client" if direction == "tx" else "server",
            capture_bytes=capture_bytes,
            inflater=inflater,
            knows_extensions=extensions.is_known,
        )
        way.watch(scanner, partial(dialogue.passed, direction), partial(dialogue.written, direction))


class Dialogue:
    """Publishes what the scanners of both directions saw of one open connection.

    Args:
        ending: is told of signs of life.
        close_heard: is told of every Close frame, valid or not.
    """

    __slots__ = (
        *("_app_beats", "_close_heard", "_ending", "_has_heard", "_is_ending", "_lag", "_opened_ns", "_pings"),
        *("_reporter", "_waiting"),
    )

    def __init__(
        self,
        config: EndpointConfig,
        reporter: Reporter,
        *,
        opened_ns: int,
        lag: LagMeter,
        ending: Ending,
        close_heard: CloseHeard,
    ) -> None:
        self._reporter = reporter
        self._opened_ns = opened_ns
        self._lag = lag
        self._ending = ending
        self._close_heard = close_heard
        timeout_ns = to_ns(config.ping.timeout_s)
        self._pings: dict[Direction, Pings] = {"tx": Pings(timeout_ns), "rx": Pings(timeout_ns)}
        beats = config.app_heartbeat
        self._app_beats = AppBeats(beats) if beats is not None and beats.enabled else None
        self._waiting: dict[Direction, deque[tuple[int, int, int, bool]]] = {"tx": deque(), "rx": deque()}
        self._has_heard = self._is_ending = False

    def passed(self, direction: Direction, seen: list[Seen], read_ns: int, written_ns: int | None) -> None:
        """`seen`, perhaps nothing, was completed by what was read at `read_ns`, and written on at `written_ns`.

        `written_ns` is `None` where a fault still holds it; `written` tells when that changed.
        """
        if direction == "rx":
            self._ending.received(read_ns)
        for one in seen:
            match one:
                case MessageSeen():
                    self._message(direction, one, read_ns, written_ns)
                case ControlSeen():
                    self._control(direction, one, read_ns, written_ns)
                case Violated():
                    sender = _SENDERS[direction]
                    text = f"the {sender} sent what RFC 6455 forbids: {one.rule}"
                    self._reporter.publish(
                        ProtocolViolated(
                            at_ns=read_ns, direction=direction, rule=text, offset=one.offset, **self._reporter.who
                        )
                    )
                case WentBlind():
                    self.blind(direction, one.reason, one.offset, read_ns)

    def written(self, direction: Direction, offset: int, at_ns: int) -> None:
        """Everything up to `offset` of this direction has been written by now: answers that were held arrive."""
        waiting = self._waiting[direction]
        while waiting and waiting[0][0] <= offset:
            _, sent_ns, lag_since_ns, late = waiting.popleft()
            self._round_trip("rx" if direction == "tx" else "tx", sent_ns, at_ns, lag_since_ns, late=late)

    def blind(self, direction: Direction, reason: str, offset: int, at_ns: int) -> None:
        """From `offset` on nothing is understood of this direction."""
        self._reporter.publish(
            ObserverLost(at_ns=at_ns, direction=direction, reason=reason, offset=offset, **self._reporter.who)
        )

    def elapse(self, now_ns: int) -> None:
        """Tell what was not answered in time."""
        if self._is_ending:
            return
        for direction, pings in self._pings.items():
            for ping in pings.elapse(now_ns):
                self._missed(_RTT_KINDS[direction], ping.sent_ns, ping.consecutive, now_ns)
        for beat in self._app_beats.elapse(now_ns) if self._app_beats is not None else ():
            kind: HeartbeatKind = "app" if beat.asker == "client" else "client"
            self._missed(kind, beat.sent_ns, beat.consecutive, now_ns)

    def end_began(self) -> None:
        """The end has begun: what waits for an answer will not get one, and that is no news."""
        self._is_ending = True
        for pings in self._pings.values():
            pings.forget()
        if self._app_beats is not None:
            self._app_beats.forget()

    def _message(self, direction: Direction, message: MessageSeen, read_ns: int, written_ns: int | None) -> None:
        if direction == "rx":
            if not self._has_heard:
                self._has_heard = True
                self._reporter.publish(
                    PhaseDone(
                        at_ns=read_ns,
                        phase="app_ready",
                        duration_ns=read_ns - self._opened_ns,
                        **self._reporter.who,
                    )
                )
        else:
            self._ending.sent(read_ns)
        self._publish_message(direction, message, read_ns, written_ns)
        if self._app_beats is None or message.opcode != TEXT or len(message.payload) != message.size_bytes:
            return
        if direction == "tx":
            answered = self._app_beats.from_client(message.payload, read_ns)
        else:
            answered = self._app_beats.from_server(message.payload, read_ns)
        if answered is not None:
            self._beat_answered(answered, read_ns)

    def _publish_message(
        self, direction: Direction, message: MessageSeen, read_ns: int, written_ns: int | None
    ) -> None:
        reporter = self._reporter
        admission = reporter.admission
        if not admission.messages.admits():
            admission.unlisted.message(reporter, direction, message.size_bytes, read_ns)
            return
        payload = message.payload if message.payload and admission.payloads.admits() else b""
        reporter.publish(
            Message(
                endpoint=reporter.endpoint,
                connection=reporter.connection,
                slot=reporter.slot,
                at_ns=read_ns,
                direction=direction,
                opcode=message.opcode,
                size_bytes=message.size_bytes,
                wire_bytes=message.wire_bytes,
                fragments=message.fragments,
                payload=payload,
                dwell_ns=0 if written_ns is None else written_ns - read_ns,
            )
        )

    def _control(self, direction: Direction, frame: ControlSeen, read_ns: int, written_ns: int | None) -> None:
        reporter = self._reporter
        reporter.publish(
            Control(
                endpoint=reporter.endpoint,
                connection=reporter.connection,
                slot=reporter.slot,
                at_ns=read_ns,
                direction=direction,
                opcode=frame.opcode,
                payload=frame.payload,
            )
        )
        if frame.opcode == CLOSE:
            code, reason = close_of(frame.payload)
            self._close_heard(direction, code, reason, read_ns, written_ns)
            return
        if direction == "tx":
            self._ending.sent(read_ns)
        if frame.opcode == PING and not self._is_ending:
            # Not when it was written: whoever is woken by it may answer before our write is over.
            self._pings[direction].asked(frame.payload, read_ns)
        elif frame.opcode == PONG:
            self._pong(direction, frame, read_ns, is_held=written_ns is None)

    def _pong(self, direction: Direction, frame: ControlSeen, read_ns: int, *, is_held: bool) -> None:
        asker: Direction = "rx" if direction == "tx" else "tx"
        answered = self._pings[asker].answered(frame.payload)
        if answered is None:
            return
        if is_held:
            self._waiting[direction].append((frame.end_offset, answered.sent_ns, answered.sent_ns, answered.late))
            return
        self._round_trip(asker, answered.sent_ns, read_ns, answered.sent_ns, late=answered.late)

    def _round_trip(self, asker: Direction, sent_ns: int, at_ns: int, lag_since_ns: int, *, late: bool) -> None:
        reporter = self._reporter
        reporter.publish(
            RttSample(
                endpoint=reporter.endpoint,
                connection=reporter.connection,
                slot=reporter.slot,
                at_ns=at_ns,
                kind=_RTT_KINDS[asker],
                round_trip_ns=max(0, at_ns - sent_ns),
                lag_ns=self._lag.worst_since(lag_since_ns, at_ns),
                late=late,
            )
        )

    def _beat_answered(self, beat: BeatAnswered, at_ns: int) -> None:
        kind: HeartbeatKind = "app" if beat.asker == "client" else "client"
        self._reporter.publish(
            RttSample(
                at_ns=at_ns,
                kind=kind,
                round_trip_ns=max(0, at_ns - beat.sent_ns),
                lag_ns=self._lag.worst_since(beat.sent_ns, at_ns),
                late=beat.late,
                **self._reporter.who,
            )
        )

    def _missed(self, kind: HeartbeatKind, sent_ns: int, consecutive: int, now_ns: int) -> None:
        self._reporter.publish(
            HeartbeatMissed(
                at_ns=now_ns,
                kind=kind,
                consecutive=consecutive,
                waited_ns=now_ns - sent_ns,
                lag_ns=self._lag.worst_since(sent_ns, now_ns),
                **self._reporter.who,
            )
        )
