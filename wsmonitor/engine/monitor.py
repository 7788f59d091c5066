"""The way into the engine: endpoints in, wishes in, events out."""

import asyncio
import random
from collections.abc import Callable, Mapping
from functools import partial

from wsmonitor.engine import steps
from wsmonitor.engine.admission import Admission
from wsmonitor.engine.clocks.clock import Clock, SystemClock, Timer
from wsmonitor.engine.clocks.jumps import JumpDetector
from wsmonitor.engine.clocks.lag import TICK_NS, LagMeter
from wsmonitor.engine.clocks.route_watch import RouteWatch
from wsmonitor.engine.clocks.tasks import Tasks
from wsmonitor.engine.clocks.turns import Turns
from wsmonitor.engine.monitored import Endpoint, Monitored
from wsmonitor.engine.redialling.dial_budget import DialBudget
from wsmonitor.engine.reporter import Publish
from wsmonitor.engine.shared import Shared
from wsmonitor.engine.slot import Slot
from wsmonitor.engine.wire.outbox import refusal
from wsmonitor.facts.errors import UnknownEndpointError, WsmonitorError
from wsmonitor.facts.events import ClockAnchor, ClockJump, LoopLag
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns

ANCHOR_EVERY_NS = to_ns(60)
LAG_EVERY_NS = to_ns(1)
NETWORK_EVERY_NS = to_ns(5)
CLOSE_POLL_S = 0.01
ABORT_TIMEOUT_S = 0.25
"""An aborted transport reports its end within a few rounds of the loop, TLS ones later than others."""


MakeTap = Callable[[EndpointConfig, Shared, int], Monitored]
"""Makes what stands in for an endpoint whose settings ask for a tap; it counts on from so many connections."""


class Monitor:
    """Monitors endpoints inside the running event loop until `close` is awaited.

    `publish` is called once for every event, from this loop; it must be quick and must not raise. Where
    `admission` lets only some received messages through, the others are no events. `make_tap` makes taps; without
    it there are none.
    """

    def __init__(
        self,
        publish: Publish,
        *,
        clock: Clock | None = None,
        chance: random.Random | None = None,
        admission: Admission | None = None,
        make_tap: MakeTap | None = None,
    ) -> None:
        self._publish = publish
        self._make_tap = make_tap
        self._clock = clock or SystemClock(asyncio.get_running_loop())
        self._shared = Shared(
            publish=publish,
            clock=self._clock,
            lag=LagMeter(),
            tasks=Tasks(),
            turns=Turns(),
            admission=admission or Admission(),
            budget=DialBudget(),
            chance=chance or random.Random(),
        )
        self._jumps = JumpDetector()
        self._endpoints: dict[str, Monitored] = {}
        self._leaving: dict[str, Monitored] = {}
        self._routes = RouteWatch(self._network_changed)
        self._worst_lag_ns = 0
        self._next_lag_ns = self._next_anchor_ns = self._next_network_ns = 0
        self._tick_due_ns = self._clock.now_ns()
        self._ticker: Timer | None = None
        self._tick()

    def add(self, config: EndpointConfig, *, connections_before: int = 0) -> None:
        """Monitor an endpoint, idle at first.

        One of the same name is replaced: connections go on counting, and the new one dials once the old one's
        have ended, at most `LEAVE_NS` later. What both say is never mixed.
        """
        name = config.name
        if name in self._endpoints:
            connections_before = max(connections_before, self._endpoints[name].connections)
            self.remove(name)
        self._count(config, config.connections)
        self._endpoints[name] = self._made(config, connections_before)
        if name in self._leaving:
            self._endpoints[name].wait()

    def remove(self, name: str) -> None:
        """Stop monitoring an endpoint and forget it; one that is added under its name counts from one.

        Its connections close in the background; the last that is said of it are its slots' stops.
        """
        endpoint = self._endpoint(name)
        del self._endpoints[name]
        self._count(endpoint.config, -endpoint.config.connections)
        if name in self._leaving:
            endpoint.retire()  # it has not begun, because its predecessor still speaks
            return
        self._leaving[name] = endpoint
        endpoint.leave(partial(self._gone, name))

    def connect(self, name: str) -> None:
        """Dial now, whatever the endpoint waits for."""
        self._endpoint(name).connect()

    def stop(self, name: str) -> None:
        """Close with 1000 and stay closed."""
        self._endpoint(name).stop()

    def send(self, name: str, payload: bytes, *, text: bool = True, fill: bool = False) -> None:
        """Queue a message on every connection, open or not.

        Raises `WsmonitorError` where any refused it, which says on which it waits all the same.
        `fill` replaces the placeholders of a text message first.
        """
        endpoint = self._endpoint(name)
        deliveries = endpoint.send_filled(payload.decode()) if fill and text else endpoint.send(payload, is_text=text)
        if refused := refusal(deliveries):
            raise WsmonitorError(refused)

    def disrupt(self, name: str, kind: str, argument: str = "", slot: int | None = None) -> None:
        """Force a disconnect on the slots that are open, and on the others as soon as they open.

        Raises `DisruptionError` for an unknown kind, an argument that it does not understand, or a slot that
        is not there.
        """
        self._endpoint(name).disrupt(kind, argument, slot)

    def all_stopped(self) -> bool:
        """True once no endpoint will do anything more by itself."""
        return all(endpoint.has_ended_for_good for endpoint in self._endpoints.values())

    def wake(self) -> None:
        """Time passed while nothing ran: test what is open, and do not wait out old delays."""
        for slot in self._slots():
            slot.feed(steps.Woke())

    async def close(self, timeout_s: float = 1.0) -> None:
        """Close every connection, give the closing handshakes `timeout_s`, then drop what is left."""
        everyone = [*self._endpoints.values(), *self._leaving.values()]
        for endpoint in everyone:
            endpoint.stop()
        await self._wait_for_ends(everyone, timeout_s)
        for endpoint in everyone:
            endpoint.abort()
        await self._wait_for_ends(everyone, ABORT_TIMEOUT_S)
        for endpoint in everyone:
            endpoint.abandon()
        await self._shared.tasks.close()
        if self._ticker is not None:
            self._ticker.cancel()

    async def _wait_for_ends(self, endpoints: list[Monitored], timeout_s: float) -> None:
        """Wait until nothing is open any more, at most so long.

        A close has many ends; looking every 10 ms is simpler than to wait for each.
        """
        deadline_ns = self._clock.now_ns() + to_ns(timeout_s)
        while self._clock.now_ns() < deadline_ns and not all(  # noqa: ASYNC110  # see above
            endpoint.has_ended_for_good for endpoint in endpoints
        ):
            await asyncio.sleep(CLOSE_POLL_S)

    def _gone(self, name: str) -> None:
        del self._leaving[name]
        if name in self._endpoints:
            self._endpoints[name].begin()

    def _made(self, config: EndpointConfig, connections_before: int) -> Monitored:
        if not config.is_tap:
            return Endpoint(config, self._shared, connections_before)
        if self._make_tap is None:
            raise WsmonitorError(
                f"{config.name} is a tap, which runs in the window and with `wsmonitor tap --workspace FILE`"
            )
        return self._make_tap(config, self._shared, connections_before)

    def _count(self, config: EndpointConfig, connections: int) -> None:
        """So many more connections are configured, or fewer."""
        self._shared.budget.configure(config.host_port, connections)
        self._shared.lag.connections += connections

    def _endpoint(self, name: str) -> Monitored:
        try:
            return self._endpoints[name]
        except KeyError:
            raise UnknownEndpointError(name) from None

    def _slots(self) -> list[Slot]:
        return [slot for endpoint in self._endpoints.values() for slot in endpoint.slots]

    # The monitor's own pulse

    def _tick(self) -> None:
        now_ns = self._clock.now_ns()
        lag_ns = self._shared.lag.tick(self._tick_due_ns, now_ns)
        self._worst_lag_ns = max(self._worst_lag_ns, lag_ns)
        self._look_at_clocks(now_ns)
        if now_ns >= self._next_lag_ns:
            self._publish(LoopLag(at_ns=now_ns, lag_ns=self._worst_lag_ns))
            self._worst_lag_ns = 0
            self._next_lag_ns = now_ns + LAG_EVERY_NS
        if now_ns >= self._next_network_ns:
            self._next_network_ns = now_ns + NETWORK_EVERY_NS
            self._routes.look({slot.peer_address for slot in self._slots()} - {""})
        self._tick_due_ns = now_ns + TICK_NS
        self._ticker = self._clock.call_at(self._tick_due_ns, self._tick)

    def _network_changed(self, changes: Mapping[str, tuple[str, str]]) -> None:
        for slot in self._slots():
            if (change := changes.get(slot.peer_address)) is not None:
                slot.network_changed(*change)

    def _look_at_clocks(self, now_ns: int) -> None:
        jump = self._jumps.observe(
            now_ns=now_ns, wall_ns=self._clock.wall_ns(), boot_ns=self._clock.boot_ns(), cpu_ns=self._clock.cpu_ns()
        )
        if jump is not None:
            self._publish(ClockJump(at_ns=now_ns, kind=jump.kind, gap_ns=jump.gap_ns))
        if jump is not None or now_ns >= self._next_anchor_ns:
            self._publish(ClockAnchor(at_ns=now_ns, wall_ns=self._clock.wall_ns()))
            self._next_anchor_ns = now_ns + ANCHOR_EVERY_NS
        if jump is not None and jump.kind == "sleep":
            self.wake()
