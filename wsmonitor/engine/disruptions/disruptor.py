"""Carries out forced disconnects on one connection slot, now or at its next opening."""

from collections.abc import Callable
from functools import partial

from wsmonitor.engine.clocks.clock import Clock, Timer
from wsmonitor.engine.connection import Connection
from wsmonitor.engine.disruptions import Order
from wsmonitor.engine.disruptions.levers import ConnectionLevers
from wsmonitor.engine.reporter import Reporter
from wsmonitor.facts.events import Disruption, DisruptionPhase
from wsmonitor.settings.endpoint_settings import to_ns


class Disruptor:
    """Waits for a connection where none is open, runs conditions out, and watches that endings end.

    Args:
        hold_off: asks the slot's state machine to close and not to reconnect for so many seconds.
        changed: is called after something was done by ourselves, later: deadlines may have changed.
    """

    __slots__ = (
        *("_changed", "_clock", "_ending", "_hold_off", "_connection", "_reporter", "_running", "_timers", "_waiting"),
    )

    def __init__(
        self, *, clock: Clock, reporter: Reporter, hold_off: Callable[[float], None], changed: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._reporter = reporter
        self._hold_off = hold_off
        self._changed = changed
        self._waiting: dict[str, Order] = {}
        self._running: dict[str, Order] = {}
        self._ending: str | None = None
        self._timers: dict[str, Timer] = {}
        self._connection: Connection | None = None

    def order(self, order: Order) -> None:
        """Carry out `order` now, or at the next opening if it needs a connection and none is open.

        It replaces an order of its kind that waits or runs.
        """
        if not order.disruption.needs_connection:
            self._publish(order, "started")
            order.disruption.begin(ConnectionLevers(self._connection, self._hold_off), order.argument)
        elif self._connection is None:
            self.take_back_waiting(order.disruption.kind)
            self._waiting[order.disruption.kind] = order
            self._publish(order, "waiting")
        else:
            self._begin(order, self._connection)

    def take_back(self, kind: str | None = None) -> None:
        """End the condition `kind`, and take back its order where that waits; `None` means all there are."""
        self.take_back_waiting(kind)
        for running in list(self._running) if kind is None else [kind]:
            self._end(running)

    def take_back_waiting(self, kind: str | None = None) -> None:
        """What waits for an opening, all or of one kind, will not be carried out."""
        for waiting in list(self._waiting) if kind is None else [kind]:
            if (order := self._waiting.pop(waiting, None)) is not None:
                self._publish(order, "cancelled")

    def connection_ready(self, connection: Connection) -> None:
        """A connection is open and can be written to; once it ends, what still waits waits for the next."""
        self._connection = connection
        while self._waiting and self._connection is connection and self._ending is None:
            self._begin(self._waiting.pop(next(iter(self._waiting))), connection)

    def connection_lost(self) -> None:
        """The connection is gone, and every condition with it."""
        self._connection = self._ending = None
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for order in self._running.values():
            self._publish(order, "ended")
        self._running.clear()

    @property
    def _blamed(self) -> str | None:
        """What forces the connection's end if it comes now: our ending, else the condition that came last."""
        return self._ending or next(reversed(self._running), None)

    def _begin(self, order: Order, connection: Connection) -> None:
        disruption = order.disruption
        self._forget(disruption.kind)
        connection.force(disruption.kind)
        self._publish(order, "started")
        try:
            disruption.begin(ConnectionLevers(connection, self._hold_off), order.argument)
        except (OSError, RuntimeError) as error:  # asyncio's word for writing after our own FIN
            connection.force(self._blamed)
            self._publish(order, "failed", error=str(error))
            return
        if disruption.is_condition:
            self._running[disruption.kind] = order
            if order.argument is not None:
                self._after(float(order.argument), disruption.kind, partial(self._end, disruption.kind))
            return
        self._ending = disruption.kind
        if disruption.watchdog_s:
            self._after(disruption.watchdog_s, disruption.kind, connection.abort)

    def _end(self, kind: str) -> None:
        if kind not in self._running or self._connection is None:
            return
        order = self._running[kind]
        assert order.disruption.end is not None
        order.disruption.end(ConnectionLevers(self._connection, self._hold_off))
        self._forget(kind)
        self._connection.force(self._blamed)

    def _forget(self, kind: str) -> None:
        """A condition that runs counts as over, and its time is cancelled."""
        if kind in self._timers:
            self._timers.pop(kind).cancel()
        if kind in self._running:
            self._publish(self._running.pop(kind), "ended")

    def _after(self, seconds: float, kind: str, callback: Callable[[], None]) -> None:
        due_ns = self._clock.now_ns() + to_ns(seconds)
        self._timers[kind] = self._clock.call_at(due_ns, partial(self._do_later, callback))

    def _do_later(self, callback: Callable[[], None]) -> None:
        callback()
        self._changed()

    def _publish(self, order: Order, phase: DisruptionPhase, *, error: str = "") -> None:
        self._reporter.publish(
            Disruption(
                at_ns=self._clock.now_ns(),
                kind=order.disruption.kind,
                phase=phase,
                argument=order.text,
                error=error,
                **self._reporter.who,
            )
        )
