"""One client of the tap and its connection to the server: request, answer, bytes both ways, and the end of each leg."""

import socket
from collections.abc import Callable
from typing import Literal, Protocol

from wsmonitor.engine.clocks.clock import Clock, Timer
from wsmonitor.engine.clocks.lag import LagMeter
from wsmonitor.engine.clocks.tasks import Tasks
from wsmonitor.engine.opening.why_failed import parse_retry_after
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.facts.events import Direction, EndedBy, OpenFailed, Phase, PhaseDone, State, StateChanged
from wsmonitor.facts.tap_events import LegSide, ProcessFate, RefusalReason, TapOpened
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns
from wsmonitor.tap.client_process import ClientProcess
from wsmonitor.tap.closing import Closing, is_process_gone
from wsmonitor.tap.guard import Guard, Refusal
from wsmonitor.tap.leg import Leg, LegEnd
from wsmonitor.tap.request_head import (
    END,
    MAX_HEAD_BYTES,
    AnswerHead,
    HeadError,
    RequestHead,
    answer,
    parse_answer,
    parse_request,
    rewrite,
    shown_headers,
)
from wsmonitor.tap.seen.dialogue import Dialogue
from wsmonitor.tap.seen.inflater import Inflater, parse_extensions
from wsmonitor.tap.seen.scanner import Scanner, Seen
from wsmonitor.tap.tls_layer import TlsLayer
from wsmonitor.tap.upstream import Dial, Opened, Target, UpstreamError
from wsmonitor.tap.way import Way

HEAD_LIMIT_NS = to_ns(10)
HALF_OPEN_LIMIT_NS = to_ns(30)
LINGER_NS = to_ns(1)
EARLY_BYTES = 256 * 1024
"""So much of what a client sends before the server answers waits here."""

_PHASE_STATES: dict[Phase, State] = {
    "dns": State.RESOLVING,
    "tcp": State.CONNECTING,
    "tls": State.SECURING,
    "http": State.UPGRADING,
}
Step = Literal["head", "dialling", "answer", "open", "passing", "ended"]


class PairHost(Protocol):
    """The tap, as far as a pair needs it."""

    config: EndpointConfig
    clock: Clock
    lag: LagMeter
    tasks: Tasks
    guard: Guard

    def target(self) -> Target: ...

    def refused(self, reason: RefusalReason, value: str) -> None: ...

    def take_slot(self, pair: "Pair") -> Reporter: ...

    def next_connection(self) -> int: ...

    def opened(self, pair: "Pair") -> None: ...

    def gone(self, pair: "Pair") -> None: ...

    def dwelt(self, dwell_ns: int) -> None: ...


class Pair:
    """From the accept to the end of both legs. A request that asks for no WebSocket passes without an event."""

    def __init__(self, sock: socket.socket, address: str, *, host: PairHost, tls: TlsLayer | None = None) -> None:
        self.process: ClientProcess | None = None
        self.closing: Closing | None = None
        self.reporter: Reporter | None = None
        self.ways: dict[Direction, Way] = {}
        self._host = host
        self._clock = host.clock
        self._address = address
        self._accepted_ns = self._clock.now_ns()
        self._step: Step = "head"
        self._client = Leg(sock, owner=self, clock=self._clock, tls=tls)
        self._server: Leg | None = None
        self._heard = bytearray()
        self._request: RequestHead | None = None
        self._dialogue: Dialogue | None = None
        self._dialled_ns = self._phase_began_ns = self._requested_ns = 0
        self._phase: Phase = "dns"
        self._state = State.IDLE
        self._is_announced = False
        self._timer: Timer | None = self._clock.call_at(self._accepted_ns + HEAD_LIMIT_NS, self._head_is_late)
        self._cancel_dial: Callable[[], object] | None = None
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
    def dialogue(self) -> Dialogue | None:
        """Who understands the frames, while there are any."""
        return self._dialogue

    def known_as(self, process: ClientProcess | None) -> None:
        """The client's process was looked up."""
        self.process = process
        if self.reporter is not None:
            self._announce()

    def end(self, *, by: EndedBy | None, resets: bool = False) -> None:
        """End both legs now, because the tap was told to."""
        if self._step == "ended":
            return
        self._end_by_ourselves(by)
        for leg in self.legs.values():
            if resets:
                leg.reset()
            else:
                leg.finish(then_close=True)
                leg.close()
        self._over()

    # What the legs tell

    def received(self, leg: Leg, data: bytes, at_ns: int) -> None:
        if leg is self._client:
            if self._step in ("open", "passing", "answer"):
                if self._dialogue is not None:
                    self._dialogue.bytes_read("tx", at_ns)
                self.ways["tx"].push(data, at_ns)
            elif self._step == "head":
                self._head_received(data)
            elif self._step == "dialling":
                self._heard += data
                if len(self._heard) > EARLY_BYTES:
                    leg.pause()
        elif self._step == "answer":
            self._answer_received(data, at_ns)
        else:
            if self._dialogue is not None:
                self._dialogue.bytes_read("rx", at_ns)
            self.ways["rx"].push(data, at_ns)

    def drained(self, leg: Leg) -> None:
        direction: Direction = "rx" if leg is self._client else "tx"
        if direction in self.ways:
            self.ways[direction].drained()
        self._end_if_both_finished()

    def leg_ended(self, leg: Leg, how: LegEnd, at_ns: int, error: Exception | None) -> None:
        side: LegSide = "client" if leg is self._client else "server"
        if self.closing is not None:
            self.closing.measure("server" if side == "client" else "client", self._other(leg) or leg)
            waiting = self.ways["rx" if side == "client" else "tx"].waiting_bytes
            self.closing.leg_ended(side, how, leg, at_ns, process=self._process_fate(side), waiting_bytes=waiting)
            self._began_to_end("your client ended it" if side == "client" else "the server's side ended it")
        if self._step in ("head", "dialling"):
            self._left_early(how)
        elif self._server is not None:
            if self._step == "answer":
                self._unanswered(side, how, error)
            self._relay_end(leg, how)

    # The request

    def _head_received(self, data: bytes) -> None:
        self._heard += data
        end = self._heard.find(END)
        if not self._heard[:1].isalpha():
            self._refuse(Refusal("not_http", repr(bytes(self._heard[:20])), b""))
            return
        if end < 0:
            if len(self._heard) > MAX_HEAD_BYTES:
                text = answer(431, "Request Header Fields Too Large", "The request's head is too long.\n")
                self._refuse(Refusal("not_http", "a head of more than 64 KiB", text))
            return
        if self._heard.startswith(b"PRI * HTTP/2"):
            text = answer(505, "HTTP Version Not Supported", "This tap speaks HTTP/1.1.\n")
            self._refuse(Refusal("not_http", "HTTP/2", text))
            return
        raw, self._heard = bytes(self._heard[: end + len(END)]), self._heard[end + len(END) :]
        try:
            head = parse_request(raw)
        except HeadError as error:
            self._refuse(Refusal("not_http", str(error)[:200], answer(400, "Bad Request", f"{error}\n")))
            return
        refusal = self._host.guard.refusal(head)
        if refusal is not None:
            self._refuse(refusal)
            return
        self._request = head
        self._dial(head)

    def _dial(self, head: RequestHead) -> None:
        self._cancel_timer()
        self._step = "dialling"
        self._dialled_ns = self._clock.now_ns()
        if head.is_upgrade:
            self.reporter = self._host.take_slot(self)
            if self.process is not None:
                self._announce()
            self._publish_phase(
                "client_http",
                self._dialled_ns - self._accepted_ns,
                {"asked": f"http://{head.values('host')[0]}{head.target}"},
            )
        task = self._host.tasks.start(self._run_dial(), name=f"tap {self._host.config.name}")
        self._cancel_dial = task.cancel

    async def _run_dial(self) -> None:
        target = self._host.target()
        try:
            opened = await Dial(target, clock=self._clock, report=self).open()
        except UpstreamError as error:
            if self._step == "dialling":
                self._fail(error.failure)
                self._answer_failure(error.failure)
            return
        finally:
            self._cancel_dial = None
        if self._step != "dialling":  # the client went at this very moment
            opened.sock.close()
            return
        self._connected(opened, target)

    def phase_began(self, phase: Phase) -> None:
        """The dial entered `phase`."""
        self._phase, self._phase_began_ns = phase, self._clock.now_ns()
        self._change(_PHASE_STATES[phase])

    def phase_done(self, phase: Phase, duration_ns: int, detail: dict[str, str]) -> None:
        """A phase of the dial ended well."""
        self._publish_phase(phase, duration_ns, detail)

    def _connected(self, opened: Opened, target: Target) -> None:
        assert self._request is not None
        server = self._server = Leg(opened.sock, owner=self, clock=self._clock, tls=opened.tls)
        dwelt = self._host.dwelt
        self.ways = {
            "tx": Way(self._client, server, clock=self._clock, dwell=dwelt),
            "rx": Way(server, self._client, clock=self._clock, dwell=dwelt),
        }
        self.phase_began("http")
        self._requested_ns = self._phase_began_ns
        early = bytes(self._heard)
        self._heard = bytearray()
        self._step = "answer" if self._request.is_upgrade else "passing"
        server.write(rewrite(self._request, target.rewriting) + early)
        server.resume()
        self._client.resume()

    # The answer

    def _answer_received(self, data: bytes, at_ns: int) -> None:
        """The answer passes as it comes; a copy of it is read until its head is complete."""
        known = len(self._heard)
        self._heard += data
        end = self._heard.find(END, max(0, known - len(END)))
        if end < 0:
            self.ways["rx"].push(data, at_ns)
            if len(self._heard) > MAX_HEAD_BYTES:
                self._fail(OpenFailure("http", "the answer's head is longer than 64 KiB"))
                self._step, self._heard = "passing", bytearray()
            return
        raw = bytes(self._heard[: end + len(END)])
        in_head = len(raw) - known
        try:
            head = parse_answer(raw)
        except HeadError as error:
            self._fail(OpenFailure("http", f"the answer is not HTTP: {error}"))
            self._step = "passing"
            self.ways["rx"].push(data, at_ns)
            return
        if 100 <= head.status < 200 and head.status != 101:
            self.ways["rx"].push(data[:in_head], at_ns)
            self._heard = bytearray()
            if data[in_head:]:
                self._answer_received(data[in_head:], at_ns)
            return
        self._heard = bytearray()
        if head.is_upgrade:
            self._open(head, data, in_head, at_ns)
        else:
            self._refused_upgrade(head)
            self._step = "passing"
            self.ways["rx"].push(data, at_ns)

    def _refused_upgrade(self, head: AnswerHead) -> None:
        retry_after = next(iter(head.values("retry-after")), None)
        self._fail(
            OpenFailure(
                "http",
                f"HTTP {head.status} {head.reason}".rstrip(),
                status=head.status,
                retry_after_ns=parse_retry_after(retry_after, wall_s=self._clock.wall_ns() / 1e9),
                detail=shown_headers(head.lines),
            )
        )

    def _open(self, head: AnswerHead, data: bytes, in_head: int, at_ns: int) -> None:
        assert self.reporter is not None
        self.reporter.connection = self._host.next_connection()
        self._step = "open"
        self._publish_phase("http", at_ns - self._requested_ns, shown_headers(head.lines))
        self.closing = Closing(self.reporter, opened_ns=at_ns, lag=self._host.lag)
        self._dialogue = Dialogue(
            self._host.config,
            self.reporter,
            opened_ns=at_ns,
            lag=self._host.lag,
            ending=self.closing.ending,
            close_heard=self._close_heard,
        )
        self._watch(head)
        # In one go: what follows the answer is in one segment with it where it was so before.
        self.ways["rx"].push_opening(data, in_head, at_ns)
        self._change(State.OPEN)
        self._host.opened(self)

    def _watch(self, head: AnswerHead) -> None:
        assert self._dialogue is not None
        dialogue = self._dialogue
        extensions = parse_extensions(head.values("sec-websocket-extensions"))
        capture_bytes = self._host.config.limits.capture_bytes
        keeps: dict[Direction, bool] = {"tx": extensions.client_keeps_context, "rx": extensions.server_keeps_context}
        for direction, way in self.ways.items():
            inflater = None
            if extensions.deflates and extensions.is_known:
                inflater = Inflater(keeps_context=keeps[direction], capture_bytes=capture_bytes)
            scanner = Scanner(
                "client" if direction == "tx" else "server",
                capture_bytes=capture_bytes,
                inflater=inflater,
                knows_extensions=extensions.is_known,
            )

            def observe(
                seen: list[Seen], read_ns: int, written_ns: int | None, direction: Direction = direction
            ) -> None:
                dialogue.passed(direction, seen, read_ns, written_ns)

            def written(offset: int, at_ns: int, direction: Direction = direction) -> None:
                dialogue.written(direction, offset, at_ns)

            way.watch(scanner, observe, written)

    # Ends

    def _close_heard(self, direction: Direction, code: int, reason: str, at_ns: int) -> None:
        assert self.closing is not None
        self.closing.close_heard(direction, code, reason, at_ns)
        self.closing.relayed(self._clock.now_ns())
        side: LegSide = "server" if direction == "tx" else "client"
        self.closing.measure(side, self.legs[side])
        self._began_to_end("your client sent Close" if direction == "tx" else "the server sent Close")

    def _began_to_end(self, cause: str) -> None:
        if self._dialogue is not None:
            self._dialogue.end_began()
        if self._state is not State.CLOSING:
            self._change(State.CLOSING, cause)

    def _relay_end(self, leg: Leg, how: LegEnd) -> None:
        other = self._other(leg)
        assert other is not None
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
            self._cancel_timer()
            self._timer = self._clock.call_at(self._clock.now_ns() + HALF_OPEN_LIMIT_NS, self._look_at_half_open)

    def _end_if_both_finished(self) -> None:
        legs = list(self.legs.values())
        if self._step != "ended" and len(legs) == 2 and all(leg.has_ended and leg.has_sent_fin for leg in legs):
            for leg in legs:
                leg.close()
            self._over()

    def _look_at_half_open(self) -> None:
        """One side has ended and the other goes on: for as long as it says something every 30 s."""
        now_ns = self._clock.now_ns()
        heard_ns = max(max(leg.last_read_ns, leg.last_written_ns) for leg in self.legs.values())
        if now_ns - heard_ns < HALF_OPEN_LIMIT_NS:
            self._timer = self._clock.call_at(heard_ns + HALF_OPEN_LIMIT_NS, self._look_at_half_open)
            return
        self.end(by=None)

    def _end_by_ourselves(self, by: EndedBy | None) -> None:
        now_ns = self._clock.now_ns()
        if self._cancel_dial is not None:
            self._cancel_dial()
        if self.closing is not None:
            for side, leg in self.legs.items():
                if not leg.has_ended:
                    self.closing.leg_ended(side, "ours", leg, now_ns, by=by)
        elif self.reporter is not None and self._step in ("dialling", "answer"):
            self._fail(OpenFailure(self._phase, "the tap was stopped"))

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
        if self.reporter is not None:
            self._announce()
        if self.closing is not None:
            self.closing.publish(self._clock.now_ns())
            self._change(State.IDLE, "the client's connection ended")
        self._host.gone(self)

    def _left_early(self, how: LegEnd) -> None:
        """The client ended before there was a connection to the server."""
        if self._step == "dialling":
            if how == "fin" and self._request is not None and not self._request.is_upgrade:
                return  # it only said that its request is complete
            self._fail(OpenFailure(self._phase, f"your client ended the connection before it was open ({how.upper()})"))
        if self._cancel_dial is not None:
            self._cancel_dial()
        self._client.close()
        self._over()

    def _unanswered(self, side: LegSide, how: LegEnd, error: Exception | None) -> None:
        what = "finishing its answer" if self._heard else "answering"
        if side == "client":
            text = f"your client ended the connection before the server answered ({how.upper()})"
        else:
            verb = {"fin": "ended", "rst": "reset", "timeout": "lost"}[how]
            text = f"the server or a proxy in front of it {verb} the connection before {what} ({how.upper()})"
        if error is not None and how != "rst":
            text += f": {error}"
        self._fail(OpenFailure("http", text))
        self._step = "passing"

    # Refusals and failures

    def _refuse(self, refusal: Refusal) -> None:
        self._host.refused(refusal.reason, refusal.value)
        self._say_goodbye(refusal.answer)

    def _answer_failure(self, failure: OpenFailure) -> None:
        if self._host.config.tap is not None and self._host.config.tap.mimic:
            self._client.reset()
            self._over()
            return
        text = f"wsmonitor tap: {self._host.config.name}: {failure.phase}: {failure.error}\n"
        self._say_goodbye(answer(502, "Bad Gateway", text))

    def _say_goodbye(self, data: bytes) -> None:
        """Answer, and give the client a second to read it: what it still sends would turn our FIN into a RST."""
        self._cancel_timer()
        self._step = "head"
        self._heard = bytearray()
        self._client.write(data)
        self._client.finish()
        self._step = "dialling"
        self._request = None
        self._timer = self._clock.call_at(self._clock.now_ns() + LINGER_NS, self._linger_over)

    def _linger_over(self) -> None:
        self._client.close()
        self._over()

    def _head_is_late(self) -> None:
        what = f"{len(self._heard)} bytes of a head in 10 s"
        self._refuse(Refusal("not_http", what, answer(408, "Request Timeout", "No request came within 10 s.\n")))

    def _fail(self, failure: OpenFailure) -> None:
        if self.reporter is None or self._state in (State.IDLE, State.FAILED):
            return
        now_ns = self._clock.now_ns()
        self._announce()
        self.reporter.publish(
            OpenFailed(
                at_ns=now_ns,
                phase=failure.phase,
                error=failure.error,
                duration_ns=now_ns - self._dialled_ns,
                status=failure.status,
                fatal=failure.fatal,
                retry_after_ns=failure.retry_after_ns,
                detail=failure.detail,
                **self.reporter.who,
            )
        )
        self._change(State.IDLE, failure.error)

    # Words of our own

    def _announce(self) -> None:
        if self._is_announced or self.reporter is None:
            return
        self._is_announced = True
        process = self.process
        self.reporter.publish(
            TapOpened(
                at_ns=self._clock.now_ns(),
                client_address=self._address,
                pid=process.pid if process is not None else None,
                process=process.name if process is not None else "",
                **self.reporter.who,
            )
        )

    def _change(self, new: State, cause: str = "") -> None:
        if self.reporter is None or new is self._state:
            return
        old, self._state = self._state, new
        self.reporter.publish(
            StateChanged(at_ns=self._clock.now_ns(), old=old, new=new, cause=cause, **self.reporter.who)
        )

    def _publish_phase(self, phase: Phase, duration_ns: int, detail: dict[str, str]) -> None:
        if self.reporter is not None:
            at_ns = self._clock.now_ns()
            self.reporter.publish(
                PhaseDone(at_ns=at_ns, phase=phase, duration_ns=duration_ns, detail=detail, **self.reporter.who)
            )

    def _other(self, leg: Leg) -> Leg | None:
        return self._server if leg is self._client else self._client

    def _process_fate(self, side: LegSide) -> ProcessFate:
        if side != "client" or self.process is None:
            return ""
        return "gone" if is_process_gone(self.process.pid) else "lives"

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
