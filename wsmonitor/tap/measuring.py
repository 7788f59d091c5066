"""What a tap tells by itself while it listens: what waits, what the kernel says, what it costs, whom it refused."""

from collections.abc import Callable

from wsmonitor.engine.clocks.clock import Clock, Timer
from wsmonitor.engine.reporter import Publish
from wsmonitor.engine.wire import tcp_info
from wsmonitor.facts.events import OutboxChanged, TcpSample
from wsmonitor.facts.tap_events import RefusalReason, TapCost, TapRefused
from wsmonitor.settings.endpoint_settings import to_ns
from wsmonitor.tap.cost import Dwell
from wsmonitor.tap.pair import Pair
from wsmonitor.tap.sockets.leg import Leg

TICK_NS = to_ns(0.25)
SECOND_NS = to_ns(1)
TOLD_EACH = 20
"""So many openings a second that a fault refused are told one by one: how they are spaced is what one wants to know."""


class Measuring:
    """Looks at the pairs of one tap four times a second, from `begin` to `end`.

    Args:
        pairs: those that there are now; all that passed on them was looked at.
        connections: how many have opened so far.
    """

    def __init__(
        self,
        name: str,
        *,
        clock: Clock,
        publish: Publish,
        pairs: Callable[[], tuple[Pair, ...]],
        connections: Callable[[], int],
    ) -> None:
        self._name = name
        self._clock = clock
        self._publish = publish
        self._pairs = pairs
        self._connections = connections
        self._dwell = Dwell()
        self._said_of: dict[RefusalReason, int] = {}
        self._refusals: dict[RefusalReason, int] = {}
        self._shown_waiting: dict[tuple[int, str], tuple[int, int]] = {}
        self._sampled: dict[Leg, int] = {}
        self._next_second_ns = 0
        self._ticker: Timer | None = None

    def begin(self) -> None:
        """The tap listens."""
        self._tick()

    def end(self) -> None:
        """It does not any more."""
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None

    def dwelt(self, dwell_ns: int) -> None:
        """Bytes were here for so long."""
        self._dwell.add(dwell_ns)

    def refused(self, reason: RefusalReason, value: str) -> None:
        """Somebody was not let through: told at once, and the others of this second by their number."""
        said = self._said_of.get(reason, 0)
        if said >= (TOLD_EACH if reason == "fault" else 1):
            self._refusals[reason] = self._refusals.get(reason, 0) + 1
            return
        self._said_of[reason] = said + 1
        self._publish_refusal(reason, value, 1)

    def forget(self, pair: Pair) -> None:
        """A pair is gone."""
        for leg in pair.legs.values():
            self._sampled.pop(leg, None)

    def _tick(self) -> None:
        now_ns = self._clock.now_ns()
        is_second = now_ns >= self._next_second_ns
        for pair in self._pairs():
            if pair.is_open:
                self._tell_waiting(pair, now_ns)
                if is_second:
                    self._tell_second(pair, now_ns)
        if is_second:
            self._next_second_ns = now_ns + SECOND_NS
            self._tell_cost(now_ns)
            self._tell_refusals()
        self._ticker = self._clock.call_at(now_ns + TICK_NS, self._tick)

    def _tell_waiting(self, pair: Pair, now_ns: int) -> None:
        reporter = pair.reporter
        assert reporter is not None
        for direction, way in pair.ways.items():
            key, shown = (reporter.slot, direction), (way.waiting_bytes, way.paused_ns)
            if shown != self._shown_waiting.get(key, (0, 0)):
                self._shown_waiting[key] = shown
                reporter.publish(
                    OutboxChanged(
                        at_ns=now_ns, depth=0, bytes=shown[0], paused_ns=shown[1], direction=direction, **reporter.who
                    )
                )

    def _tell_second(self, pair: Pair, now_ns: int) -> None:
        if pair.dialogue is not None:
            pair.dialogue.elapse(now_ns)
        for side, leg in pair.legs.items():
            leg.look_while_paused()
            if leg.is_closed:
                continue
            moved = leg.read_total + leg.last_written_ns
            info = tcp_info.read(leg.socket)
            if info is None or (self._sampled.get(leg) == moved and not info.unacked):
                continue  # nothing new of a quiet leg
            self._sampled[leg] = moved
            assert pair.reporter is not None
            pair.reporter.publish(
                TcpSample(
                    at_ns=now_ns,
                    rtt_ns=info.rtt_ns,
                    rtt_var_ns=info.rtt_var_ns,
                    min_rtt_ns=info.min_rtt_ns,
                    unacked=info.unacked,
                    retransmits=info.retransmits,
                    total_retransmits=info.total_retransmits,
                    unsent_bytes=leg.buffered_bytes,
                    leg=side,
                    unacked_bytes=leg.unacknowledged_bytes(),
                    **pair.reporter.who,
                )
            )

    def _tell_cost(self, now_ns: int) -> None:
        if not self._dwell.chunks:
            return
        dwell, self._dwell = self._dwell, Dwell()
        p50_ns, p99_ns = dwell.percentiles((50, 99))
        self._publish(
            TapCost(
                at_ns=now_ns,
                endpoint=self._name,
                connection=self._connections(),
                p50_ns=p50_ns,
                p99_ns=p99_ns,
                max_ns=dwell.max_ns,
                chunks=dwell.chunks,
            )
        )

    def _tell_refusals(self) -> None:
        refusals, self._refusals, self._said_of = self._refusals, {}, {}
        for reason, count in refusals.items():
            self._publish_refusal(reason, "and more like it", count)

    def _publish_refusal(self, reason: RefusalReason, value: str, count: int) -> None:
        self._publish(
            TapRefused(
                at_ns=self._clock.now_ns(),
                endpoint=self._name,
                connection=self._connections(),
                reason=reason,
                value=value,
                count=count,
            )
        )
