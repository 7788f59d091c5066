"""A tap as the monitor keeps it: it listens, makes a pair for each client, and measures while they live."""

import socket
import ssl
from collections.abc import Callable
from functools import partial

from websockets.exceptions import InvalidURI

from wsmonitor.engine.clocks.clock import Timer
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.shared import Shared
from wsmonitor.engine.slot import Slot
from wsmonitor.engine.wire.outbox import Delivery
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, State, StateChanged
from wsmonitor.facts.tap_events import RefusalReason, TapListening
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig, to_ns
from wsmonitor.tap.faults.board import Board
from wsmonitor.tap.looks import Looks
from wsmonitor.tap.measuring import Measuring
from wsmonitor.tap.pair import Pair
from wsmonitor.tap.request.guard import Guard
from wsmonitor.tap.request.request_head import RequestHead, answer
from wsmonitor.tap.sockets.client_process import ClientProcess, find_later
from wsmonitor.tap.sockets.knocks import Knocks
from wsmonitor.tap.sockets.listener import NO_DESCRIPTOR, Listener, make_small, turn_away
from wsmonitor.tap.sockets.tls_layer import TlsLayer, server_context
from wsmonitor.tap.sockets.upstream import Target, target_of

LOOKUPS = 16
"""So many clients' processes are looked for at once."""
LIKELY = 8


class Tap:
    """Stands in for an endpoint of our own: started, stopped and disrupted by the same calls."""

    def __init__(self, config: EndpointConfig, shared: Shared, connections_before: int) -> None:
        assert config.tap is not None
        self.config = config
        self.clock = clock = shared.clock
        self.lag = shared.lag
        self.tasks = shared.tasks
        self.settings: TapConfig = config.tap
        self.guard = Guard(
            frozenset(host.lower() for host in self.settings.allow_hosts),
            frozenset(origin.lower() for origin in self.settings.allow_origins),
            is_anywhere=bool(self.settings.address),
        )
        self.looks = Looks(clock, self._dwelt)
        self._publish_now = shared.publish
        publish = self._publish
        self._admission = shared.admission
        self._connections = connections_before
        self._listener = Listener(self.settings, accepted=self._accepted, exhausted=self._exhausted)
        self._knocks = Knocks(clock, lambda: self.refused("fault", "refuse"))
        self._context: ssl.SSLContext | None = None
        self._board = Board(config.name, self, clock=clock, publish=publish, chance=shared.chance)
        self._hung: list[socket.socket] = []
        self._planned: list[Timer] = []
        self._pairs: list[Pair] = []
        self._slots: dict[int, Reporter] = {}
        self._used: dict[int, Pair] = {}
        self._likely: list[int] = []
        self._lookups = 0
        self._waits = self._is_wanted = False
        self._state = State.IDLE
        self._measuring = Measuring(
            config.name,
            clock=clock,
            publish=publish,
            pairs=self._settled_pairs,
            connections=lambda: self._connections,
        )

    # Asked by the monitor

    @property
    def slots(self) -> tuple[Slot, ...]:
        """None of our own: the connections are other programs'."""
        return ()

    @property
    def connections(self) -> int:
        """The number of the last connection that opened."""
        return self._connections

    @property
    def has_ended_for_good(self) -> bool:
        """True once nobody can come and nobody is left."""
        return not self._is_wanted and not self._pairs

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The clients that are there."""
        return tuple(self._pairs)

    def connect(self) -> None:
        """Listen, unless it does. Raises `WsmonitorError` where it cannot."""
        was_wanted, self._is_wanted = self._is_wanted, True
        if self._waits or was_wanted:
            return
        try:
            self._context = server_context(self.settings)
            self.target()
            self._listener.open()
        except WsmonitorError as error:
            self._is_wanted = False
            self._change(State.FAILED, str(error))
            raise
        self._change(State.IDLE, "")
        self._plan_faults()
        scheme = "ws" if self._context is None else "wss"
        self._publish(
            TapListening(
                at_ns=self.clock.now_ns(),
                endpoint=self.config.name,
                connection=self._connections,
                addresses=self._listener.addresses,
                upstream=self.config.url,
                url=f"{scheme}://{self._listener.authority}/",
            )
        )
        self._measuring.begin()

    def wait(self) -> None:
        """Do not listen until `begin`: an endpoint of the same name is about to leave."""
        self._waits = True

    def begin(self) -> None:
        """Nobody else speaks under this name any more."""
        self._waits = False
        if self._is_wanted:
            self._is_wanted = False
            self.connect()

    def leave(self, gone: Callable[[], None]) -> None:
        """Listen no more, end every connection, and call `gone`."""
        self.stop()
        gone()

    def retire(self) -> None:
        """Nobody listened and nobody will."""

    def stop(self) -> None:
        """Listen no more, and end every connection."""
        was_wanted, self._is_wanted = self._is_wanted, False
        self._listener.close()
        self._cancel_planned()
        for pair in list(self._pairs):
            pair.end(by="stop")
        self._board.clear()
        self.release_hung()
        self._measuring.end()
        if was_wanted and not self._waits:
            self._change(State.STOPPED, "stopped")

    def abort(self) -> None:
        """Drop what is left at once."""
        self.stop()

    def abandon(self) -> None:
        """As `abort`."""
        self.stop()

    def send(self, payload: bytes, *, is_text: bool) -> list[Delivery]:
        """A tap sends nothing of its own. Raises `WsmonitorError`."""
        raise WsmonitorError(f"{self.config.name} is a tap: it passes on what others send, and sends nothing itself")

    def send_filled(self, text: str) -> list[Delivery]:
        """As `send`."""
        return self.send(text.encode(), is_text=True)

    def disrupt(self, kind: str, argument: str, slot: int | None) -> None:
        """Switch a fault on or off. Raises `DisruptionError` for what does not exist or make sense."""
        self._board.order(kind, argument, slot)

    # Asked by faults

    def listen(self, *, listening: bool) -> None:
        """Take clients, or let the kernel refuse them."""
        if not listening and self._listener.is_open:
            self._knocks.begin(self._listener.port)
            self._listener.refuse()
        elif listening:
            self._knocks.end()
            if self._is_wanted:
                self._listener.open()

    def release_hung(self) -> None:
        """Close what was accepted and left alone."""
        for sock in self._hung:
            sock.close()
        self._hung.clear()

    def _publish(self, event: AnyEvent) -> None:
        """Behind all that passed before it."""
        self.looks.settle()
        self._publish_now(event)

    def _dwelt(self, dwell_ns: int) -> None:
        self._measuring.dwelt(dwell_ns)

    def _settled_pairs(self) -> tuple[Pair, ...]:
        self.looks.settle()
        return self.pairs

    def _change(self, new: State, cause: str) -> None:
        """The tap itself is in another state: it listens, or it cannot."""
        old, self._state = self._state, new
        if old is not new:
            self._publish(
                StateChanged(
                    at_ns=self.clock.now_ns(),
                    endpoint=self.config.name,
                    connection=self._connections,
                    old=old,
                    new=new,
                    cause=cause,
                )
            )

    def _plan_faults(self) -> None:
        now_ns = self.clock.now_ns()
        for fault in self.settings.fault:
            argument = f"{fault.argument},for={fault.duration_s:g}s" if fault.duration_s else fault.argument
            order = partial(self._board.order, fault.kind, argument.lstrip(","), None)
            self._planned.append(self.clock.call_at(now_ns + to_ns(fault.at_s), order))

    def _cancel_planned(self) -> None:
        for timer in self._planned:
            timer.cancel()
        self._planned.clear()

    # Asked by pairs

    def target(self) -> Target:
        """Where to go, with placeholders filled in as they are now."""
        try:
            return target_of(self.config)
        except InvalidURI as error:
            raise WsmonitorError(f"{self.config.name}: {error}") from error

    def take_slot(self, pair: Pair) -> Reporter:
        """The lowest slot that no client has: a client that comes back is mostly in its old one."""
        slot = next(number for number in range(len(self._used) + 1) if number not in self._used)
        self._used[slot] = pair
        if slot not in self._slots:
            self._slots[slot] = Reporter(
                self._publish,
                endpoint=self.config.name,
                slot=slot,
                connection=self._connections,
                admission=self._admission,
            )
        return self._slots[slot]

    def next_connection(self) -> int:
        """The number of the connection that has just opened."""
        self._connections += 1
        return self._connections

    def answers_itself(self, pair: Pair, head: RequestHead) -> bool:
        """A fault that is on may answer in the server's place."""
        said = self._board.answer(head) if head.is_upgrade else None
        if said is None:
            return False
        self.refused("fault", said[0])
        pair.say_goodbye(said[1])
        return True

    def connected(self, pair: Pair) -> None:
        """Both legs are there."""
        self._board.connected(pair)

    def opened(self, pair: Pair) -> None:
        """Frames pass from now on."""
        self._board.opened(pair)

    def gone(self, pair: Pair) -> None:
        """Both legs are closed."""
        self._board.gone(pair)
        self._pairs.remove(pair)
        for slot, user in list(self._used.items()):
            if user is pair:
                del self._used[slot]
        self._measuring.forget(pair)

    def refused(self, reason: RefusalReason, value: str) -> None:
        """Somebody was not let through."""
        self._measuring.refused(reason, value)

    # Clients

    def _accepted(self, sock: socket.socket, address: str) -> None:
        if len(self._pairs) >= self.settings.max_clients:
            self.refused("limit", f"more than {self.settings.max_clients} clients at once")
            turn_away(sock, _full(f"This tap serves {self.settings.max_clients} clients at once.\n"))
            return
        if self._board.hangs:
            self.refused("fault", "hang")
            self._hung.append(sock)
            return
        if self.settings.small_buffers:
            make_small(sock)
        tls = TlsLayer(self._context, server_side=True) if self._context is not None else None
        pair = Pair(sock, address, host=self, tls=tls)
        self._pairs.append(pair)
        if self._lookups < LOOKUPS:
            self._lookups += 1
            find_later(sock, tuple(self._likely), partial(self._found, pair), lambda: not pair.has_ended)

    def _found(self, pair: Pair, process: ClientProcess | None) -> None:
        self._lookups -= 1
        if process is not None:
            self._likely = [process.pid, *(pid for pid in self._likely if pid != process.pid)][:LIKELY]
        pair.known_as(process)

    def _exhausted(self, sock: socket.socket) -> None:
        self.refused("limit", NO_DESCRIPTOR)
        turn_away(sock, _full("The tap has no file descriptor left.\n"))


def _full(text: str) -> bytes:
    return answer(503, "Service Unavailable", text)
