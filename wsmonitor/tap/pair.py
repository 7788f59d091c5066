"""One client of the tap and its connection to the server: bytes both ways, what is told of them, and the end."""

import socket
from collections.abc import Callable
from typing import Literal, Protocol

from wsmonitor.engine.clocks.clock import Timer
from wsmonitor.engine.clocks.lag import LagMeter
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.facts.events import Direction, EndedBy, State
from wsmonitor.facts.tap_events import LegSide, ObserverLost
from wsmonitor.settings.endpoint_settings import to_ns
from wsmonitor.settings.tap_faults import fault_kind
from wsmonitor.tap.closing import Closing
from wsmonitor.tap.looks import Looks
from wsmonitor.tap.opening import Opening, OpeningHost
from wsmonitor.tap.relaying import FROM, OTHER, Relaying
from wsmonitor.tap.request.request_head import AnswerHead, RequestHead, shown_headers
from wsmonitor.tap.seen.dialogue import Dialogue, watch
from wsmonitor.tap.sockets.client_process import ClientProcess, fate_of
from wsmonitor.tap.sockets.leg import Leg, LegEnd
from wsmonitor.tap.sockets.listener import make_small
from wsmonitor.tap.sockets.tls_layer import TlsLayer
from wsmonitor.tap.sockets.upstream import Opened
from wsmonitor.tap.telling import Telling
from wsmonitor.tap.way import Way

LINGER_NS = to_ns(1)
OPAQUE = "your client speaks TLS through the tap: bytes and ends are seen, frames are not"

Step = Literal["opening", "open", "passing", "goodbye", "ended"]


class PairHost(OpeningHost, Protocol):
    """The tap, as far as a pair needs it."""

    lag: LagMeter

    def answers_itself(self, pair: "Pair", head: RequestHead) -> bool:
        """True if a fault answered this request; nothing is dialled then."""
        ...

    def take_slot(self, pair: "Pair") -> Reporter: ...

    def next_connection(self) -> int: ...

    def connected(self, pair: "Pair") -> None: ...

    def opened(self, pair: "Pair") -> None: ...

    def gone(self, pair: "Pair") -> None: ...

    @property
    def looks(self) -> Looks: ...


class Pair:
    """From the accept to the end of both legs."""

    def __init__(self, sock: socket.socket, address: str, *, host: PairHost, tls: TlsLayer | None = None) -> None:
        self.telling = Telling(host.clock, address)
        self.closing: Closing | None = None
        self.dialogue: Dialogue | None = None
        self.ways: dict[Direction, Way] = {}
        self._host = host
        self._clock = host.clock
        self._step: Step = "opening"
        self._client = Leg(sock, owner=self, clock=self._clock, tls=tls)
        self.legs: dict[LegSide, Leg] = {"client": self._client}
        """The legs that there are."""
        self.relaying = Relaying(self, self._clock)
        self._opening = Opening(self, self._client, host)
        self._timer: Timer | None = None
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
            self.over()
        else:
            self._linger()

    # Asked by faults

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
        self._host.looks.settle()
        if self.closing is not None and not leg.has_ended:
            self.closing.leg_ended(side, "ours", leg, self._clock.now_ns(), by="disruption")
            self._began_to_end("a fault of the tap ended it")
        if resets:
            leg.reset()
        else:
            leg.finish(then_close=True)
        self.relaying.relay(side, "rst" if resets else "fin")

    def closes_itself(self, direction: Direction, code: int, reason: str, kind: str) -> None:
        """A Close of our own goes in `direction`."""
        self._host.looks.settle()
        if self.closing is not None:
            self.closing.force(kind)
            self.closing.forced_close(direction, code, reason, self._clock.now_ns())
        self._began_to_end("a fault of the tap sent Close")

    def blame(self, kind: str | None) -> None:
        """Whatever ends this connection from now on is the doing of the fault `kind`."""
        self._host.looks.settle()
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

    # Asked by the opening

    def asks(self, head: RequestHead) -> bool:
        """The client asks for something; false if a fault answered it."""
        return not self._host.answers_itself(self, head)

    def take_slot(self) -> Reporter:
        """It asks for WebSocket: who its events are about."""
        return self._host.take_slot(self)

    def connect(self, opened: Opened, *, is_upgrade: bool) -> Leg:
        """Both legs are there; the server's."""
        if self._host.config.tap is not None and self._host.config.tap.small_buffers:
            make_small(opened.sock)
        server = self.legs["server"] = Leg(opened.sock, owner=self, clock=self._clock, tls=opened.tls)
        looks = self._host.looks
        self.ways = {
            "tx": Way(self._client, server, clock=self._clock, looks=looks),
            "rx": Way(server, self._client, clock=self._clock, looks=looks),
        }
        self._step = "passing"
        if is_upgrade:
            self._host.connected(self)
        return server

    def open(self, head: AnswerHead, data: bytes, in_head: int, at_ns: int) -> None:
        """The server agreed: frames follow `in_head` bytes of `data`."""
        reporter, self.closing = self._begin(at_ns)
        self.telling.phase_done("http", at_ns - self.telling.phase_began_ns, shown_headers(head.lines))
        self.dialogue = Dialogue(
            self._host.config,
            reporter,
            opened_ns=at_ns,
            lag=self._host.lag,
            ending=self.closing.ending,
            close_heard=self._close_heard,
        )
        watch(self.ways, self.dialogue, head, capture_bytes=self._host.config.limits.capture_bytes)
        self.telling.change(State.OPEN)
        self.ways["rx"].push_opening(data, in_head, at_ns, lambda: self._host.opened(self))

    def open_opaque(self) -> None:
        """The client speaks TLS to the server: bytes pass that nobody here understands."""
        now_ns = self._clock.now_ns()
        reporter, self.closing = self._begin(now_ns)
        for direction in self.ways:
            lost = ObserverLost(at_ns=now_ns, direction=direction, reason=OPAQUE, offset=0, **reporter.who)
            reporter.publish(lost)
        self.telling.change(State.OPEN)
        self._host.opened(self)

    def pass_on(self, data: bytes, at_ns: int) -> None:
        """These bytes of the client are for the server."""
        if self.dialogue is None and self.closing is not None:
            self.closing.ending.sent(at_ns)
        self.ways["tx"].push(data, at_ns)

    def say_goodbye(self, data: bytes) -> None:
        """Answer, and give the client a second to read it: what it still sends would turn our FIN into a RST."""
        self._client.write(data)
        self._client.finish()
        self._linger()

    def turn_away(self) -> None:
        """Reset the client."""
        self._client.reset()
        self.over()

    # What the legs tell

    def received(self, leg: Leg, data: bytes, at_ns: int) -> None:
        if self._step == "opening" or (leg is self._client and self._opening.stage in ("tunnel", "refused")):
            self._opening.heard_client(data, at_ns)
        elif self._step in ("open", "passing"):
            if leg is self._client:
                self.pass_on(data, at_ns)
            elif self._opening.stage != "answer" or self._opening.heard_server(data, at_ns):
                if self.dialogue is None and self.closing is not None:
                    self.closing.ending.received(at_ns)
                self.ways["rx"].push(data, at_ns)

    def drained(self, leg: Leg) -> None:
        direction: Direction = "rx" if leg is self._client else "tx"
        if direction in self.ways:
            self.ways[direction].drained()
        self.relaying.end_if_both_finished()

    def leg_ended(self, leg: Leg, how: LegEnd, at_ns: int, error: Exception | None) -> None:
        side: LegSide = "client" if leg is self._client else "server"
        self._host.looks.settle()
        if self.closing is not None:
            self.closing.measure(OTHER[side], self.legs.get(OTHER[side], leg))
            waiting = self.ways[FROM[OTHER[side]]].waiting_bytes
            fate = fate_of(self.telling.process) if side == "client" else ""
            if fate == "gone" and self._blamed is not None and fault_kind(self._blamed).lasts:
                self.blame(None)  # what is held back or late on the way ends no process
            self.closing.leg_ended(side, how, leg, at_ns, process=fate, waiting_bytes=waiting)
            self._began_to_end("your client ended it" if side == "client" else "the server's side ended it")
        if self._step in ("opening", "goodbye"):
            if self._step == "goodbye" or self._opening.client_left(how, error):
                leg.close()
                self._over_if_closed()
        elif "server" in self.legs:
            if self._opening.stage in ("answer", "tunnel"):
                self._opening.unanswered(side, how, error)
            self.relaying.relay_later(side, how)

    # Told by relaying

    def relayed(self, at_ns: int) -> None:
        """An end was passed on."""
        if self.closing is not None:
            self.closing.relayed(at_ns)

    def silent(self) -> None:
        """Half of the connection ended, and the other half has said nothing for long."""
        self.end(by=None)

    def over(self) -> None:
        """Both legs are gone, or may go."""
        if self._step == "ended":
            return
        self._host.looks.settle()
        self._step = "ended"
        self._opening.cancel()
        self.relaying.stop()
        if self._timer is not None:
            self._timer.cancel()
        for way in self.ways.values():
            way.close()
        for leg in self.legs.values():
            leg.close()
        self.telling.announce()
        self._host.gone(self)
        if self.closing is not None:
            self.closing.publish(self._clock.now_ns())
            self.telling.change(State.IDLE, "the client's connection ended")

    def _begin(self, at_ns: int) -> tuple[Reporter, Closing]:
        """It is open, and has a number."""
        reporter = self.telling.reporter
        assert reporter is not None
        reporter.connection = self._host.next_connection()
        self._step = "open"
        closing = Closing(reporter, opened_ns=at_ns, lag=self._host.lag)
        closing.force(self._blamed)
        return reporter, closing

    # Ends

    def _close_heard(self, direction: Direction, code: int, reason: str, at_ns: int, written_ns: int | None) -> None:
        assert self.closing is not None
        self.closing.close_heard(direction, code, reason, at_ns)
        self.closing.relayed(self._clock.now_ns() if written_ns is None else written_ns)
        side: LegSide = "server" if direction == "tx" else "client"
        self.closing.measure(side, self.legs[side])
        self._began_to_end("your client sent Close" if direction == "tx" else "the server sent Close")

    def _began_to_end(self, cause: str) -> None:
        if self.dialogue is not None:
            self.dialogue.end_began()
        self.telling.change(State.CLOSING, cause)

    def _end_by_ourselves(self, by: EndedBy | None) -> None:
        self._host.looks.settle()
        now_ns = self._clock.now_ns()
        if self.closing is not None:
            for side, leg in self.legs.items():
                if not leg.has_ended:
                    self.closing.leg_ended(side, "ours", leg, now_ns, by=by)
        else:
            self.telling.failed(OpenFailure(self.telling.phase, "the tap was stopped"))
        self._opening.cancel()

    def _linger(self) -> None:
        self._step = "goodbye"
        self._timer = self._clock.call_at(self._clock.now_ns() + LINGER_NS, self.over)

    def _over_if_closed(self) -> None:
        if all(leg.is_closed for leg in self.legs.values()):
            self.over()
