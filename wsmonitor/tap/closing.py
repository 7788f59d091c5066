"""How a tapped connection ends: who was first, how each leg went, and the verdict that is published."""

from wsmonitor.engine.clocks.lag import LagMeter
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.wire import tcp_info
from wsmonitor.facts.events import ConnectionClosed, Direction, EndedBy
from wsmonitor.facts.tap_events import LegEnded, LegEndHow, LegFactKind, LegSide, ProcessFate
from wsmonitor.facts.verdict import Ending, EndingFact
from wsmonitor.tap.seen.legs import Legs
from wsmonitor.tap.sockets.leg import Leg

CLOSE_FACTS: dict[Direction, tuple[LegFactKind, EndingFact]] = {
    "tx": ("close_up", EndingFact.OUR_CLOSE),
    "rx": ("close_down", EndingFact.PEER_CLOSE),
}
_LEG_FACTS: dict[LegSide, LegFactKind] = {"client": "client_end", "server": "server_end"}
_ENDINGS: dict[tuple[LegSide, str], EndingFact] = {
    ("client", "fin"): EndingFact.OUR_FIN,
    ("client", "rst"): EndingFact.OUR_RESET,
    ("client", "timeout"): EndingFact.OUR_ABORT,
    ("server", "fin"): EndingFact.PEER_FIN,
    ("server", "rst"): EndingFact.PEER_RST,
    ("server", "timeout"): EndingFact.KERNEL_GAVE_UP,
}


class Closing:
    """Collects what ends one open connection, in the order in which it was read."""

    def __init__(self, reporter: Reporter, *, opened_ns: int, lag: LagMeter) -> None:
        self.ending = Ending(opened_ns, is_tapped=True)
        self._reporter = reporter
        self._lag = lag
        self._legs = Legs()
        self._min_rtt_ns: dict[LegSide, int] = {}
        self._unsent_bytes: int | None = None

    @property
    def has_begun(self) -> bool:
        """True once anything began to end the connection."""
        return self.ending.has_begun

    def close_heard(self, direction: Direction, code: int, reason: str, at_ns: int) -> None:
        """A Close frame passed."""
        fact, ending_fact = CLOSE_FACTS[direction]
        if not self._legs.note(fact, "close", at_ns):
            return
        self.ending.note(ending_fact, at_ns)
        if direction == "tx":
            self.ending.close_sent(code, reason, at_ns)
        else:
            self.ending.close_received(code, reason, at_ns)

    def force(self, kind: str | None) -> None:
        """From now on an end of this connection is the doing of the fault `kind`; `None` takes that back."""
        if not self.ending.has_begun:
            self.ending.forced = kind

    def forced_close(self, direction: Direction, code: int, reason: str, at_ns: int) -> None:
        """A Close frame of our own went in `direction`."""
        fact, ending_fact = CLOSE_FACTS[direction]
        if self._legs.note(fact, "ours", at_ns):
            self.ending.note(ending_fact, at_ns, by="disruption")
            told = self.ending.close_sent if direction == "tx" else self.ending.close_received
            told(code, reason, at_ns)

    def relayed(self, at_ns: int) -> None:
        """What came first was passed on to the other leg."""
        self._legs.relayed(at_ns)

    def measure(self, side: LegSide, leg: Leg) -> None:
        """Remember the least round trip of a leg while the kernel still knows it."""
        if not leg.is_closed and (info := tcp_info.read(leg.socket)) is not None and info.min_rtt_ns < 10**15:
            self._min_rtt_ns[side] = info.min_rtt_ns

    def leg_ended(
        self,
        side: LegSide,
        how: LegEndHow,
        leg: Leg,
        at_ns: int,
        *,
        by: EndedBy | None = None,
        process: ProcessFate = "",
        waiting_bytes: int = 0,
    ) -> None:
        """A leg ended; only its first end counts."""
        if not self._legs.note(_LEG_FACTS[side], how, at_ns):
            return
        if not self.ending.has_begun:
            self._unsent_bytes = waiting_bytes
        fact = EndingFact.OUR_ABORT if how == "ours" else _ENDINGS[side, how]
        self.ending.note(fact, at_ns, by=by)
        first_close_ns = self._legs.first_close_ns()
        self._reporter.publish(
            LegEnded(
                at_ns=at_ns,
                leg=side,
                how=how,
                after_close_ns=None if first_close_ns is None else max(0, at_ns - first_close_ns),
                silence_rx_ns=max(0, at_ns - leg.last_read_ns),
                silence_tx_ns=max(0, at_ns - leg.last_written_ns),
                unsent_bytes=waiting_bytes,
                process=process,
                **self._reporter.who,
            )
        )

    def publish(self, at_ns: int) -> None:
        """Both legs are gone: state the closure."""
        verdict = self.ending.verdict(at_ns)
        circumstances = self.ending.circumstances(
            at_ns,
            unsent_bytes=self._unsent_bytes,
            in_doubt=0,
            waiting=0,
            lag_ns=self._lag.worst_since(self.ending.lag_since_ns(), at_ns),
            legs=self._legs.facts(self._min_rtt_ns),
        )
        self._reporter.publish(
            ConnectionClosed(at_ns=at_ns, verdict=verdict, circumstances=circumstances, **self._reporter.who)
        )
