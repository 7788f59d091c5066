"""One client of the tap and its connection to the server: request, answer, bytes both ways, and the end of each leg."""

import socket
from collections.abc import Callable
from typing import Literal, Protocol

from wsmonitor.engine.clocks.clock import Clock, Timer
from wsmonitor.engine.clocks.lag import LagMeter
from wsmonitor.engine.clocks.tasks import Tasks
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.facts.events import Direction, EndedBy, State
from wsmonitor.facts.tap_events import LegSide, ProcessFate, RefusalReason
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns
from wsmonitor.tap.closing import Closing, is_process_gone
from wsmonitor.tap.request.guard import Guard, Refusal
from wsmonitor.tap.request.handshake import Answered, AnswerReader, RequestReader, refused_upgrade
from wsmonitor.tap.request.request_head import AnswerHead, RequestHead, answer, rewrite, shown_headers
from wsmonitor.tap.seen.dialogue import Dialogue, watch
from wsmonitor.tap.sockets.client_process import ClientProcess
from wsmonitor.tap.sockets.leg import Leg, LegEnd
from wsmonitor.tap.sockets.listener import make_small
from wsmonitor.tap.sockets.tls_layer import TlsLayer
from wsmonitor.tap.sockets.upstream import Dial, Opened, Target, UpstreamError
from wsmonitor.tap.telling import Telling
from wsmonitor.tap.way import Way

HEAD_LIMIT_NS = to_ns(10)
HALF_OPEN_LIMIT_NS = to_ns(30)
LINGER_NS = to_ns(1)

Step = Literal["head", "dialling", "answer", "open", "passing", "goodbye", "ended"]


class PairHost(Protocol):
    """The tap, as far as a pair needs it."""

    config: EndpointConfig
    clock: Clock
    lag: LagMeter
    tasks: Tasks
    guard: Guard

    def target(self) -> Target: ...

    def refused(self, reason: RefusalReason, value: str) -> None: ...

    def answers_itself(self, pair: "Pair", head: RequestHead) -> bool:
        """True if a fault answered this request; nothing is dialled then."""
        ...

    def take_slot(self, pair: "Pair") -> Reporter: ...

    def next_connection(self) -> int: ...

    def connected(self, pair: "Pair") -> None: ...

    def opened(self, pair: "Pair") -> None: ...

    def gone(self, pair: "Pair") -> None: ...

    def dwelt(self, dwell_ns: int) -> None: ...


class Pair:
    """From the accept to the end of both legs. A request that asks for no WebSocket passes without an event."""

    def __init__(self, sock: socket.socket, address: str, *, host: PairHost, tls: TlsLayer | None = None) -> None:
        self.telling = Telling(host.clock, address)
        self.closing: Closing | None = None
        self.dialogue: Dialogue | None = None
        self.ways: dict[Direction, Way] = {}
        self.end_delay_ns = 0
        """The end of one leg is passed on so much later."""
        self.hides_ends = False
        """The client is not told that the server's leg ended."""
        self._host = host
        self._clock = host.clock
        self._accepted_ns = self._clock.now_ns()
        self._step: Step = "head"
        self._client = Leg(sock, owner=self, clock=self._clock, tls=tls)
        self._server: Leg | None = None
        self._reader = RequestReader(host.guard)
        self._answer = AnswerReader()
        self._request: RequestHead | None = None
        self._timer: Timer | None = self._clock.call_at(self._accepted_ns + HEAD_LIMIT_NS, self._head_is_late)
        self._cancel_dial: Callable[[], object] | None = None
        self._blamed: str | None = None
        self._client.resume()

    # Asked by the tap

    @property
    def is_open(self) -> bool:
        """True while frames can pass."""
        return self._step == "open"

    @property
    def has_ended(self) -> bool:
        """True once both legs are gone."""
        return self._step == "ended"

    @property
    def legs(self) -> dict[LegSide, Leg]:
        """The legs that there are."""
        found: dict[LegSide, Leg] = {"client": self._client}
        if self._server is not None:
            found["server"] = self._server
        return found

    @property
    def reporter(self) -> Reporter | None:
        """Who its events are about, once the client has asked for WebSocket."""
        return self.telling.reporter

    def known_as(self, process: ClientProcess | None) -> None:
        """The client's process was looked up."""
        self.telling.known_as(process)

    def end(self, *, by: EndedBy | None, resets: bool = False) -> None:
        """End both legs because the tap was told to: with a FIN behind what waits, or with a RST now."""
        if self._step == "ended":
            return
        self._end_by_ourselves(by)
        for leg in self.legs.values():
            if resets:
                leg.reset()
            else:
                leg.finish(then_close=True)
        if all(leg.is_closed for leg in self.legs.values()):
            self._over()
        else:
            self._step = "goodbye"
            self._set_timer(LINGER_NS, self._over)

    def end_after_delivery(self, *, resets: bool) -> None:
        """End both legs by a fault, each with what was written to it delivered first."""
        if self._step == "ended":
            return
        if not resets:
            self.end(by="disruption")
            return
        self._end_by_ourselves("disruption")
        self._step = "goodbye"
        for leg in self.legs.values():
            leg.reset_after_delivery(self._over_if_closed)

    def end_leg(self, side: LegSide, *, resets: bool) -> None:
        """End one leg by a fault, now; the other side is told in the same way, unless ends are hidden."""
        leg = self.legs[side]
        if self.closing is not None and not leg.has_ended:
            self.closing.leg_ended(side, "ours", leg, self._clock.now_ns(), by="disruption")
            self._began_to_end("a fault of the tap ended it")
        if resets:
            leg.reset()
        else:
            leg.finish(then_close=True)
        if not (self.hides_ends and side == "server"):
            self._relay_end(leg, "rst" if resets else "fin")

    def closes_itself(self, direction: Direction, code: int, reason: str, kind: str) -> None:
        """A Close of our own goes in `direction`."""
        if self.closing is not None:
            self.closing.force(kind)
            self.closing.forced_close(direction, code, reason, self._clock.now_ns())
        self._began_to_end("a fault of the tap sent Close")

    def blame(self, kind: str | None) -> None:
        """Whatever ends this connection from now on is the doing of the fault `kind`."""
        self._blamed = kind
        if self.closing is not None:
            self.closing.force(kind)

    def later(self, then: Callable[[], None]) -> None:
        """Call `then` after what runs now."""
        self._clock.call_at(self._clock.now_ns(), then)

    def at_age(self, age_ns: int, then: Callable[[], None]) -> Callable[[], None]:
        """Call `then` once the connection has been open for so long; what takes that back."""
        opened_ns = self._clock.now_ns() if self.closing is None else self.closing.ending.opened_ns
        return self._clock.call_at(opened_ns + age_ns, then).cancel

    def say_goodbye(self, data: bytes) -> None:
        """Answer, and give the client a second to read it: what it still sends would turn our FIN into a RST."""
        self._step = "goodbye"
        self._client.write(data)
        self._client.finish()
        self._set_timer(LINGER_NS, self._over)

    # What the legs tell

    def received(self, leg: Leg, data: bytes, at_ns: int) -> None:
        if leg is self._client:
            if self._step in ("open", "passing", "answer"):
                self.ways["tx"].push(data, at_ns)
            elif self._step == "head":
                self._head_received(data)
            elif self._step == "dialling":
                self._reader.keep(data)
                if self._reader.is_full:
                    leg.pause()
        elif self._step == "answer":
            self._answer_received(data, at_ns)
        elif self._step in ("open", "passing"):
            if self.dialogue is not None:
                self.dialogue.bytes_read("rx", at_ns)
            self.ways["rx"].push(data, at_ns)

    def drained(self, leg: Leg) -> None:
        direction: Direction = "rx" if leg is self._client else "tx"
        if direction in self.ways:
            self.ways[direction].drained()
        self._end_if_both_finished()

    def leg_ended(self, leg: Leg, how: LegEnd, at_ns: int, error: Exception | None) -> None:
        side: LegSide = "client" if leg is self._client else "server"
        if self.closing is not None:
            other = self.legs.get("server" if side == "client" else "client", leg)
            self.closing.measure("server" if side == "client" else "client", other)
            waiting = self.ways["rx" if side == "client" else "tx"].waiting_bytes
            self.closing.leg_ended(side, how, leg, at_ns, process=self._process_fate(side), waiting_bytes=waiting)
            self._began_to_end("your client ended it" if side == "client" else "the server's side ended it")
        if self._step in ("head", "dialling", "goodbye"):
            self._left_early(leg, how)
        elif self._server is not None:
            if self._step == "answer":
                self._unanswered(side, how, error)
            self._set_or_run(self.end_delay_ns, lambda: self._relay_end(leg, how))

    # The request

    def _head_received(self, data: bytes) -> None:
        found = self._reader.feed(data)
        if isinstance(found, Refusal):
            self._refuse(found)
        elif found is not None:
            self._cancel_timer()
            self._request = found
            if not self._host.answers_itself(self, found):
                self._dial(found)

    def _dial(self, head: RequestHead) -> None:
        self._step = "dialling"
        if head.is_upgrade:
            asked = f"http://{head.values('host')[0]}{head.target}"
            self.telling.begin(self._host.take_slot(self), self._accepted_ns, asked)
        task = self._host.tasks.start(self._run_dial(), name=f"tap {self._host.config.name}")
        self._cancel_dial = task.cancel

    async def _run_dial(self) -> None:
        target = self._host.target()
        try:
            opened = await Dial(target, clock=self._clock, report=self.telling).open()
        except UpstreamError as error:
            if self._step == "dialling":
                self.telling.failed(error.failure)
                self._answer_failure(error.failure)
            return
        finally:
            self._cancel_dial = None
        if self._step != "dialling":  # the client went at this very moment
            opened.sock.close()
            return
        self._connected(opened, target)

    def _connected(self, opened: Opened, target: Target) -> None:
        assert self._request is not None
        if self._host.config.tap is not None and self._host.config.tap.small_buffers:
            make_small(opened.sock)
        server = self._server = Leg(opened.sock, owner=self, clock=self._clock, tls=opened.tls)
        dwelt = self._host.dwelt
        self.ways = {
            "tx": Way(self._client, server, clock=self._clock, dwell=dwelt),
            "rx": Way(server, self._client, clock=self._clock, dwell=dwelt),
        }
        self.telling.phase_began("http")
        self._step = "answer" if self._request.is_upgrade else "passing"
        if self._request.is_upgrade:
            self._host.connected(self)
        server.write(rewrite(self._request, target.rewriting) + self._reader.take_early())
        server.resume()
        self._client.resume()

    # The answer

    def _answer_received(self, data: bytes, at_ns: int) -> None:
        """The answer passes as it comes; a copy of it is read until its head is complete."""
        found = self._answer.feed(data)
        if isinstance(found, Answered) and found.head.is_upgrade:
            self._open(found.head, data, found.in_head, at_ns)
            return
        if isinstance(found, OpenFailure):
            self.telling.failed(found)
        elif found is not None:
            self.telling.failed(refused_upgrade(found.head, self._clock.wall_ns()))
        if found is not None:
            self._step = "passing"
        self.ways["rx"].push(data, at_ns)

    def _open(self, head: AnswerHead, data: bytes, in_head: int, at_ns: int) -> None:
        reporter = self.telling.reporter
        assert reporter is not None
        reporter.connection = self._host.next_connection()
        self._step = "open"
        self.telling.phase_done("http", at_ns - self.telling.phase_began_ns, shown_headers(head.lines))
        self.closing = Closing(reporter, opened_ns=at_ns, lag=self._host.lag)
        self.closing.force(self._blamed)
        self.dialogue = Dialogue(
            self._host.config,
            reporter,
            opened_ns=at_ns,
            lag=self._host.lag,
            ending=self.closing.ending,
            close_heard=self._close_heard,
        )
        watch(self.ways, self.dialogue, head, capture_bytes=self._host.config.limits.capture_bytes)
        self.ways["rx"].push_opening(data, in_head, at_ns, lambda: self._host.opened(self))
        self.telling.change(State.OPEN)

    # Ends

    def _close_heard(self, direction: Direction, code: int, reason: str, at_ns: int) -> None:
        assert self.closing is not None
        self.closing.close_heard(direction, code, reason, at_ns)
        self.closing.relayed(self._clock.now_ns())
        side: LegSide = "server" if direction == "tx" else "client"
        self.closing.measure(side, self.legs[side])
        self._began_to_end("your client sent Close" if direction == "tx" else "the server sent Close")

    def _began_to_end(self, cause: str) -> None:
        if self.dialogue is not None:
            self.dialogue.end_began()
        self.telling.change(State.CLOSING, cause)

    def _relay_end(self, leg: Leg, how: LegEnd) -> None:
        if self._step == "ended" or (self.hides_ends and leg is self._server):
            return
        other = self.legs["server" if leg is self._client else "client"]
        way = self.ways["tx" if leg is self._client else "rx"]
        if how == "fin":
            way.finish(lambda: self._pass_fin(other))
        else:
            leg.close()
            way.finish(lambda: other.reset_after_delivery(self._over))
            if self.closing is not None:
                self.closing.relayed(self._clock.now_ns())

    def _pass_fin(self, other: Leg) -> None:
        other.finish()
        if self.closing is not None:
            self.closing.relayed(self._clock.now_ns())
        self._end_if_both_finished()
        if self._step != "ended":
            self._set_timer(HALF_OPEN_LIMIT_NS, self._look_at_half_open)

    def _end_if_both_finished(self) -> None:
        legs = list(self.legs.values())
        if self._step != "ended" and len(legs) == 2 and all(leg.has_ended and leg.has_sent_fin for leg in legs):
            self._over()

    def _look_at_half_open(self) -> None:
        """One side has ended and the other goes on: for as long as it says something every 30 s."""
        heard_ns = max(max(leg.last_read_ns, leg.last_written_ns) for leg in self.legs.values())
        left_ns = heard_ns + HALF_OPEN_LIMIT_NS - self._clock.now_ns()
        if left_ns > 0:
            self._set_timer(left_ns, self._look_at_half_open)
        else:
            self.end(by=None)

    def _end_by_ourselves(self, by: EndedBy | None) -> None:
        now_ns = self._clock.now_ns()
        if self._cancel_dial is not None:
            self._cancel_dial()
        if self.closing is not None:
            for side, leg in self.legs.items():
                if not leg.has_ended:
                    self.closing.leg_ended(side, "ours", leg, now_ns, by=by)
        else:
            self.telling.failed(OpenFailure(self.telling.phase, "the tap was stopped"))

    def _over(self) -> None:
        """Both legs are gone."""
        if self._step == "ended":
            return
        self._step = "ended"
        self._cancel_timer()
        for way in self.ways.values():
            way.close()
        for leg in self.legs.values():
            leg.close()
        self.telling.announce()
        self._host.gone(self)
        if self.closing is not None:
            self.closing.publish(self._clock.now_ns())
            self.telling.change(State.IDLE, "the client's connection ended")

    def _over_if_closed(self) -> None:
        if all(leg.is_closed for leg in self.legs.values()):
            self._over()

    def _left_early(self, leg: Leg, how: LegEnd) -> None:
        """The client ended before there was a connection to the server, or after our last word."""
        if self._step == "dialling":
            if how == "fin" and self._request is not None and not self._request.is_upgrade:
                return  # it only said that its request is complete
            text = f"your client ended the connection before it was open ({how.upper()})"
            self.telling.failed(OpenFailure(self.telling.phase, text))
        if self._cancel_dial is not None:
            self._cancel_dial()
        leg.close()
        self._over_if_closed()

    def _unanswered(self, side: LegSide, how: LegEnd, error: Exception | None) -> None:
        what = "finishing its answer" if self._answer.has_begun else "answering"
        if side == "client":
            text = f"your client ended the connection before the server answered ({how.upper()})"
        else:
            verb = {"fin": "ended", "rst": "reset", "timeout": "lost"}[how]
            text = f"the server or a proxy in front of it {verb} the connection before {what} ({how.upper()})"
        if error is not None and how != "rst":
            text += f": {error}"
        self.telling.failed(OpenFailure("http", text))
        self._step = "passing"

    # Refusals and failures

    def _refuse(self, refusal: Refusal) -> None:
        self._host.refused(refusal.reason, refusal.value)
        self.say_goodbye(refusal.answer)

    def _answer_failure(self, failure: OpenFailure) -> None:
        settings = self._host.config.tap
        if settings is not None and settings.mimic:
            self._client.reset()
            self._over()
            return
        text = f"wsmonitor tap: {self._host.config.name}: {failure.phase}: {failure.error}\n"
        self.say_goodbye(answer(502, "Bad Gateway", text))

    def _head_is_late(self) -> None:
        what = f"{self._reader.heard_bytes} bytes of a head in 10 s"
        self._refuse(Refusal("not_http", what, answer(408, "Request Timeout", "No request came within 10 s.\n")))

    def _process_fate(self, side: LegSide) -> ProcessFate:
        process = self.telling.process
        if side != "client" or process is None:
            return ""
        return "gone" if is_process_gone(process.pid) else "lives"

    def _set_or_run(self, delay_ns: int, then: Callable[[], None]) -> None:
        if delay_ns:
            self._clock.call_at(self._clock.now_ns() + delay_ns, then)
        else:
            then()

    def _set_timer(self, delay_ns: int, then: Callable[[], None]) -> None:
        self._cancel_timer()
        self._timer = self._clock.call_at(self._clock.now_ns() + delay_ns, then)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
