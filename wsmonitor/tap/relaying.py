"""How the end of one leg is passed on to the other: a FIN stays a FIN, a RST a RST, behind what was read before it."""

from collections.abc import Mapping
from typing import Protocol

from wsmonitor.engine.clocks.clock import Clock, Timer
from wsmonitor.facts.event import Direction
from wsmonitor.facts.tap_events import LegSide
from wsmonitor.settings.endpoint_settings import to_ns
from wsmonitor.tap.sockets.leg import Leg, LegEnd
from wsmonitor.tap.way import Way

HALF_OPEN_LIMIT_NS = to_ns(30)
FROM: dict[LegSide, Direction] = {"client": "tx", "server": "rx"}
"""The direction of what is read from a leg."""
OTHER: dict[LegSide, LegSide] = {"client": "server", "server": "client"}


class RelayingPair(Protocol):
    """The pair whose ends are passed on."""

    @property
    def legs(self) -> Mapping[LegSide, Leg]: ...

    @property
    def ways(self) -> Mapping[Direction, Way]: ...

    def relayed(self, at_ns: int) -> None:
        """An end was passed on."""
        ...

    def silent(self) -> None:
        """Half of the connection ended, and the other half has said nothing for 30 s."""
        ...

    def over(self) -> None:
        """Both legs are gone, or may go."""
        ...


class Relaying:
    """Passes ends on, until `stop`."""

    def __init__(self, pair: RelayingPair, clock: Clock) -> None:
        self.delay_ns = 0
        """The end of one leg is passed on so much later."""
        self.hides_ends = False
        """The client is not told that the server's leg ended."""
        self._pair = pair
        self._clock = clock
        self._timer: Timer | None = None
        self._is_stopped = False

    def relay_later(self, side: LegSide, how: LegEnd) -> None:
        """Pass on the end of a leg, after the delay that a fault asks for."""
        if self.delay_ns:
            self._clock.call_at(self._clock.now_ns() + self.delay_ns, lambda: self.relay(side, how))
        else:
            self.relay(side, how)

    def relay(self, side: LegSide, how: LegEnd) -> None:
        """Pass on the end of a leg, behind everything that was read from it."""
        if self._is_stopped or (self.hides_ends and side == "server"):
            return
        leg, other = self._pair.legs[side], self._pair.legs[OTHER[side]]
        way = self._pair.ways[FROM[side]]
        if how == "fin":
            way.finish(lambda: self._pass_fin(other))
        else:
            leg.close()
            way.finish(lambda: other.reset_after_delivery(self._pair.over))
            self._pair.relayed(self._clock.now_ns())

    def end_if_both_finished(self) -> bool:
        """End the pair where both sides have said all that they will; true if that is so."""
        legs = self._pair.legs.values()
        is_over = not self._is_stopped and len(legs) == 2 and all(leg.has_ended and leg.has_sent_fin for leg in legs)
        if is_over:
            self._pair.over()
        return is_over

    def stop(self) -> None:
        """Nothing is passed on any more."""
        self._is_stopped = True
        if self._timer is not None:
            self._timer.cancel()

    def _pass_fin(self, other: Leg) -> None:
        other.finish()
        self._pair.relayed(self._clock.now_ns())
        if not self.end_if_both_finished() and not self._is_stopped:
            self._look_again_in(HALF_OPEN_LIMIT_NS)

    def _look_again_in(self, delay_ns: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.call_at(self._clock.now_ns() + delay_ns, self._look_at_half_open)

    def _look_at_half_open(self) -> None:
        """One side has ended and the other goes on: for as long as it says something every 30 s."""
        heard_ns = max(max(leg.last_read_ns, leg.last_written_ns) for leg in self._pair.legs.values())
        left_ns = heard_ns + HALF_OPEN_LIMIT_NS - self._clock.now_ns()
        if left_ns > 0:
            self._look_again_in(left_ns)
        else:
            self._pair.silent()
