"""Carries out forced disconnects on one connection slot, now or at its next opening."""

from collections.abc import Callable
from functools import partial
from typing import Literal

from wsmonitor.config import to_ns
from wsmonitor.engine.clock import Clock, Timer
from wsmonitor.engine.disruptions import Order
from wsmonitor.engine.levers import Levers
from wsmonitor.engine.link import Link
from wsmonitor.engine.reporter import Reporter
from wsmonitor.events import Disruption


class Disruptor:
    """Waits for a connection where none is open, runs conditions out, and watches that endings end.

    Args:
        hold_off: asks the slot's state machine to close and not to reconnect for so many seconds.
        changed: is called after something was done by ourselves, later: deadlines may have changed.
    """

    __slots__ = ("_changed", "_clock", "_hold_off", "_link", "_reporter", "_running", "_timers", "_waiting")

    def __init__(
        self, *, clock: Clock, reporter: Reporter, hold_off: Callable[[float], None], changed: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._reporter = reporter
        self._hold_off = hold_off
        self._changed = changed
        self._waiting: list[Order] = []
        self._running: dict[str, Order] = {}
        self._timers: dict[str, Timer] = {}
        self._link: Link | None = None

    def order(self, order: Order) -> None:
        """Carry out `order` now, or at the next opening if it needs a connection and none is open."""
        if order.ends:
            self._end(order.disruption.kind)
        elif not order.disruption.needs_connection:
            self._publish(order, "started")
            order.disruption.begin(Levers(self._link, self._hold_off), order.argument)
        elif self._link is None:
            self._waiting.append(order)
        else:
            self._begin(order, self._link)

    def link_ready(self, link: Link) -> None:
        """A connection is open and can be written to."""
        self._link = link
        while self._waiting and self._link is link:
            self._begin(self._waiting.pop(0), link)

    def link_lost(self) -> None:
        """The connection is gone, and every condition with it."""
        self._link = None
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        for order in self._running.values():
            self._publish(order, "ended")
        self._running.clear()

    def _begin(self, order: Order, link: Link) -> None:
        disruption = order.disruption
        link.force(disruption.kind)
        self._publish(order, "started")
        try:
            disruption.begin(Levers(link, self._hold_off), order.argument)
        except (OSError, RuntimeError) as error:  # asyncio's word for writing after our own FIN
            link.force(None)
            self._publish(order, "failed", error=str(error))
            return
        if disruption.is_condition:
            self._running[disruption.kind] = order
            if order.argument is not None:
                self._after(float(order.argument), disruption.kind, partial(self._end, disruption.kind))
        elif disruption.watchdog_s:
            self._after(disruption.watchdog_s, disruption.kind, link.abort)

    def _end(self, kind: str) -> None:
        order = self._running.pop(kind, None)
        if order is None or self._link is None:
            return
        self._timers.pop(kind, None)
        assert order.disruption.end is not None
        order.disruption.end(Levers(self._link, self._hold_off))
        if not self._running:
            self._link.force(None)
        self._publish(order, "ended")

    def _after(self, seconds: float, kind: str, callback: Callable[[], None]) -> None:
        if kind in self._timers:
            self._timers.pop(kind).cancel()
        due_ns = self._clock.now_ns() + to_ns(seconds)
        self._timers[kind] = self._clock.call_at(due_ns, partial(self._do_later, callback))

    def _do_later(self, callback: Callable[[], None]) -> None:
        callback()
        self._changed()

    def _publish(self, order: Order, phase: Literal["started", "ended", "failed"], *, error: str = "") -> None:
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
