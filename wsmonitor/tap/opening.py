"""How one client of the tap gets its server: the request, the dial, and the server's answer."""

import ssl
from collections.abc import Callable
from typing import Literal, Protocol

from wsmonitor.engine.clocks.clock import Clock, Timer
from wsmonitor.engine.clocks.tasks import Tasks
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.facts.events import State
from wsmonitor.facts.tap_events import LegSide, RefusalReason
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns
from wsmonitor.tap.request.forward import ESTABLISHED, elsewhere, is_for_proxy, without_authority
from wsmonitor.tap.request.guard import Guard, Refusal
from wsmonitor.tap.request.handshake import Answered, AnswerReader, RequestReader, refused_upgrade
from wsmonitor.tap.request.request_head import AnswerHead, RequestHead, answer, rewrite
from wsmonitor.tap.sockets.leg import Leg, LegEnd
from wsmonitor.tap.sockets.listener import NO_DESCRIPTOR, is_exhausted
from wsmonitor.tap.sockets.upstream import Dial, Opened, Target, UpstreamError, plain
from wsmonitor.tap.telling import Telling
from wsmonitor.text.units import counted

HEAD_LIMIT_NS = to_ns(10)

Stage = Literal["head", "dialling", "tunnel", "answer", "refused", "over"]


class OpeningHost(Protocol):
    """The tap, as far as an opening needs it."""

    config: EndpointConfig
    clock: Clock
    tasks: Tasks
    guard: Guard

    def target(self) -> Target: ...

    def refused(self, reason: RefusalReason, value: str) -> None: ...


class OpeningPair(Protocol):
    """The pair that is to open."""

    telling: Telling

    def asks(self, head: RequestHead) -> bool:
        """The client asks for WebSocket; false if a fault answered it."""
        ...

    def take_slot(self) -> Reporter: ...

    def connect(self, opened: Opened, *, is_upgrade: bool) -> Leg:
        """Both legs are there; the server's."""
        ...

    def open(self, head: AnswerHead, data: bytes, in_head: int, at_ns: int) -> None:
        """The server agreed: frames follow `in_head` bytes of `data`."""
        ...

    def open_opaque(self) -> None:
        """The client speaks TLS to the server: bytes pass that nobody here understands."""
        ...

    def pass_on(self, data: bytes, at_ns: int) -> None:
        """These bytes of the client are for the server."""
        ...

    def say_goodbye(self, data: bytes) -> None: ...

    def turn_away(self) -> None:
        """Reset the client."""
        ...


class Opening:
    """From the accept until bytes just pass. A request that asks for no WebSocket passes without an event."""

    def __init__(self, pair: OpeningPair, client: Leg, host: OpeningHost) -> None:
        self.stage: Stage = "head"
        self._pair = pair
        self._client = client
        self._host = host
        self._telling = pair.telling
        self._clock = host.clock
        self._accepted_ns = self._clock.now_ns()
        self._reader = RequestReader(host.guard)
        self._answer = AnswerReader()
        self._request: RequestHead | None = None
        self._server: Leg | None = None
        self._target: Target | None = None
        self._unread = bytearray()
        self._timer: Timer | None = self._clock.call_at(self._accepted_ns + HEAD_LIMIT_NS, self._head_is_late)
        self._cancel_dial: Callable[[], object] | None = None

    def heard_client(self, data: bytes, at_ns: int) -> None:
        """The client said something that is not, or may not be, for the server."""
        if self.stage == "head":
            self._head_received(data)
        elif self.stage in ("tunnel", "refused"):
            self._heard_again(data, at_ns)
        else:
            self._reader.keep(data)
            if self._reader.is_full:
                self._client.pause()

    def heard_server(self, data: bytes, at_ns: int) -> bool:
        """The server's answer came, or a part of it; true where it is the pair's to pass on.

        The answer passes as it comes; a copy of it is read until its head is complete.
        """
        found = self._answer.feed(data)
        if isinstance(found, Answered) and found.head.is_upgrade:
            self.stage = "over"
            self._pair.open(found.head, data, found.in_head, at_ns)
            return False
        if isinstance(found, OpenFailure):
            self._telling.failed(found)
            self.stage = "over"
        elif found is not None:
            self._telling.failed(refused_upgrade(found.head, self._clock.wall_ns()))
            self._look_again("refused", self._host.guard)
        return True

    def client_left(self, how: LegEnd, error: Exception | None) -> bool:
        """The client ended before there was a server; false where that only means that its request is complete."""
        if self.stage == "head" and isinstance(error, ssl.SSLError):
            reason = (error.reason or "unknown").replace("_", " ").lower()
            self._host.refused("not_http", f"the TLS handshake failed: {reason}")
        elif self.stage == "head" and self._reader.heard_bytes:
            self._host.refused(
                "not_http", f"a head that ended after {counted(self._reader.heard_bytes, 'byte')} ({how.upper()})"
            )
        if self.stage == "dialling":
            if how == "fin" and self._request is not None and not self._request.is_upgrade:
                return False
            text = f"your client ended the connection before it was open ({how.upper()})"
            self._telling.failed(OpenFailure(self._telling.phase, text))
        self.cancel()
        return True

    def unanswered(self, side: LegSide, how: LegEnd, error: Exception | None) -> None:
        """A leg ended before the answer was complete."""
        what = "finishing its answer" if self._answer.has_begun else "answering"
        if side == "client":
            text = f"your client ended the connection before the server answered ({how.upper()})"
        else:
            verb = {"fin": "ended", "rst": "reset", "timeout": "lost"}[how]
            text = f"the server or a proxy in front of it {verb} the connection before {what} ({how.upper()})"
        if error is not None and how != "rst":
            text += f": {error}"
        self._telling.failed(OpenFailure("http", text))
        self.stage = "over"

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._cancel_dial is not None:
            self._cancel_dial()
        self.stage = "over"

    # The request

    def _head_received(self, data: bytes) -> None:
        found = self._reader.feed(data)
        meant = self._meant(found) if isinstance(found, RequestHead) else found
        if isinstance(meant, Refusal):
            self._refuse(meant)
        elif meant is not None:
            self.cancel()
            head, target = meant
            if head.method == "CONNECT" or self._pair.asks(head):
                self._dial(head, target)

    def _meant(self, head: RequestHead) -> tuple[RequestHead, Target] | Refusal:
        """The request as it goes on, and where; a client whose URL is the server's own takes the tap for a proxy."""
        target = self._host.target()
        if not is_for_proxy(head):
            return head, target
        target = plain(target)
        refusal = elsewhere(head, target.uri.host, target.uri.port)
        return refusal or (head if head.method == "CONNECT" else without_authority(head), target)

    def _heard_again(self, data: bytes, at_ns: int) -> None:
        """A request on the connection that there is: within a tunnel, or after an upgrade that the server refused."""
        self._unread += data
        found = self._reader.feed(data)
        is_tunnel = self.stage == "tunnel"
        if isinstance(found, RequestHead):
            meant = (found, self._target) if is_tunnel and self._target is not None else self._meant(found)
            if isinstance(meant, Refusal):
                self._refuse(meant)
            elif not self._pair.asks(found):
                self.stage = "over"
            else:
                if found.is_upgrade and not is_tunnel and self._telling.reporter is not None:
                    self._tell_asked(found, self._telling.reporter, at_ns)
                    self._telling.phase_began("http")
                self._server_asked(*meant)
        elif isinstance(found, Refusal) and found.reason != "not_http":
            self._refuse(found)
        elif isinstance(found, Refusal):  # no HTTP: whatever it is, it is for the server
            self.stage = "over"
            if is_tunnel:
                self._pair.open_opaque()
            self._pair.pass_on(bytes(self._unread), at_ns)

    def _refuse(self, refusal: Refusal) -> None:
        self.cancel()
        self._host.refused(refusal.reason, refusal.value)
        self._pair.say_goodbye(refusal.answer)

    def _head_is_late(self) -> None:
        if not self._reader.heard_bytes:  # a connection that a browser opened beforehand: nobody asked for anything
            self.cancel()
            self._pair.say_goodbye(b"")
            return
        what = f"{counted(self._reader.heard_bytes, 'byte')} of a head in 10 s"
        self._refuse(Refusal("not_http", what, answer(408, "Request Timeout", "No request came within 10 s.\n")))

    # The dial

    def _dial(self, head: RequestHead, target: Target) -> None:
        self.stage = "dialling"
        self._request, self._target = head, target
        if head.is_upgrade or head.method == "CONNECT":
            self._tell_asked(head, self._pair.take_slot(), self._accepted_ns)
        task = self._host.tasks.start(self._run_dial(head, target), name=f"tap {self._host.config.name}")
        self._cancel_dial = task.cancel

    def _tell_asked(self, head: RequestHead, reporter: Reporter, since_ns: int) -> None:
        asked = head.target if head.method == "CONNECT" else f"http://{head.values('host')[0]}{head.target}"
        self._telling.begin(reporter, since_ns, asked, "connect" if head.method == "CONNECT" else "reverse")

    async def _run_dial(self, head: RequestHead, target: Target) -> None:
        try:
            opened = await Dial(target, clock=self._clock, report=self._telling).open()
        except UpstreamError as error:
            if self.stage == "dialling":
                self._telling.failed(error.failure)
                self._answer_failure(error)
            return
        finally:
            self._cancel_dial = None
        if self.stage != "dialling":  # the client went at this very moment
            opened.sock.close()
            return
        self._telling.phase_began("http")
        is_tunnel = head.method == "CONNECT"
        self._server = self._pair.connect(opened, is_upgrade=head.is_upgrade or is_tunnel)
        if is_tunnel:
            self._client.write(ESTABLISHED)
            self._look_again("tunnel", None)
        else:
            self._server_asked(head, target)
        self._server.resume()
        self._client.resume()

    def _look_again(self, stage: Stage, guard: Guard | None) -> None:
        """What comes next from the client is a request of its own; it may be here already."""
        early = self._reader.take_early()
        self.stage, self._answer = stage, AnswerReader()
        self._reader, self._unread = RequestReader(guard), bytearray()
        if early:
            self._heard_again(early, self._clock.now_ns())

    def _server_asked(self, head: RequestHead, target: Target) -> None:
        """The request goes to the server, and what came behind it."""
        assert self._server is not None
        self.stage = "answer" if head.is_upgrade else "over"
        if not head.is_upgrade:
            self._telling.change(State.IDLE, "it asks for no WebSocket")
        self._server.write(rewrite(head, target.rewriting) + self._reader.take_early())

    def _answer_failure(self, error: UpstreamError) -> None:
        self.stage = "over"
        settings, failure = self._host.config.tap, error.failure
        if is_exhausted(error):  # it says nothing about the server
            self._host.refused("limit", NO_DESCRIPTOR)
            self._pair.say_goodbye(answer(503, "Service Unavailable", f"In the tap {NO_DESCRIPTOR}.\n"))
        elif settings is not None and settings.mimic:
            self._pair.turn_away()
        else:
            text = f"wsmonitor tap: {self._host.config.name}: {failure.phase}: {failure.error}\n"
            self._pair.say_goodbye(answer(502, "Bad Gateway", text))
