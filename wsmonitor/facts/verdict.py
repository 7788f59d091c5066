"""Pure: the facts of an ending -> who ended the connection, and how.

The first ending fact decides, and the connection's life ends there; what follows (the RST after a
Close, the FIN after our abort) only adds to the record. `Ending` collects facts in the order in
which they were seen.
"""

import enum

from wsmonitor.facts.events import Circumstances, Direction, EndedBy, Initiator, Mechanism, TcpEnd, Verdict
from wsmonitor.facts.tap_events import LegFact

LAG_WINDOW_NS = 10_000_000_000
"""Our own lag so long before an end belongs to the circumstances of the end."""


class EndingFact(enum.Enum):
    """What can end a connection; the value is what the verdict says if it came first."""

    PEER_CLOSE = ("peer", "close_frame")
    OUR_CLOSE = ("local", "close_frame")
    HEARTBEAT_GAVE_UP = ("local", "timeout")
    KERNEL_GAVE_UP = ("os", "timeout")
    PEER_VIOLATED_PROTOCOL = ("peer", "protocol_error")
    PEER_FIN = ("peer", "fin")
    PEER_RST = ("peer", "rst")
    OUR_RESET = ("local", "rst")
    OUR_FIN = ("local", "fin")
    OUR_ABORT = ("local", "abort")
    LOST = ("unknown", "abort")

    @property
    def initiator(self) -> Initiator:
        return self.value[0]

    @property
    def mechanism(self) -> Mechanism:
        return self.value[1]


class Ending:
    """Collects the facts of one connection's ending and words the verdict.

    Args:
        opened_ns: when the connection opened, in the time that every other call uses.
        is_tapped: true where "we" are the user's client.
    """

    __slots__ = (
        *("_by", "_ended_ns", "_first", "_is_tapped", "_received", "_rx_ns", "_sent", "_silence_ns", "_tcp_end"),
        *("_tx_ns", "forced", "opened_ns"),
    )

    def __init__(self, opened_ns: int, *, is_tapped: bool = False) -> None:
        self.opened_ns = opened_ns
        self._is_tapped = is_tapped
        self._rx_ns = (opened_ns, opened_ns)  # the last bytes, and those before them
        self._tx_ns = opened_ns
        self.forced: str | None = None
        self._first: EndingFact | None = None
        self._ended_ns = opened_ns
        self._silence_ns = (0, 0)
        self._by: EndedBy | None = None
        self._received: tuple[int, str, int] | None = None  # code, reason, when
        self._sent: tuple[int, str, int] | None = None
        self._tcp_end: TcpEnd | None = None

    @property
    def has_begun(self) -> bool:
        """True once any ending fact was seen."""
        return self._first is not None

    def received(self, at_ns: int) -> None:
        """Bytes arrived; what arrives once the end has begun is no sign of life any more."""
        if self._first is None and at_ns != self._rx_ns[0]:
            self._rx_ns = (at_ns, self._rx_ns[0])

    def sent(self, at_ns: int) -> None:
        """A frame other than a Close left."""
        if self._first is None:
            self._tx_ns = at_ns

    def note(self, fact: EndingFact, at_ns: int, *, by: EndedBy | None = None) -> None:
        """Record that `fact` was true at `at_ns`; only the first one decides.

        The silences end here. Bytes that arrived at this very moment brought the fact itself (a
        Close frame, a frame that breaks the protocol) and do not count against the silence.
        """
        self._tcp_end = self._tcp_end or _TCP_ENDS.get(fact)
        if self._first is not None:
            return
        self._first, self._by, self._ended_ns = fact, by, at_ns
        last_rx_ns = self._rx_ns[1] if self._rx_ns[0] == at_ns else self._rx_ns[0]
        self._silence_ns = (max(0, at_ns - last_rx_ns), max(0, at_ns - self._tx_ns))

    def close_received(self, code: int, reason: str, at_ns: int) -> None:
        """Record the first Close frame of the peer; 1005 stands for one without a code."""
        self._received = self._received or (code, reason, at_ns)

    def close_sent(self, code: int, reason: str, at_ns: int) -> None:
        """Record our Close frame, an echo included."""
        self._sent = self._sent or (code, reason, at_ns)

    def verdict(self, at_ns: int) -> Verdict:
        """The verdict on a connection whose transport was gone at `at_ns`."""
        self.note(EndingFact.LOST, at_ns)
        assert self._first is not None
        received_code, received_reason, _ = self._received or (None, None, 0)
        sent_code, sent_reason, _ = self._sent or (None, None, 0)
        return Verdict(
            by=self._by,
            initiator=self._first.initiator,
            mechanism=self._first.mechanism,
            received_code=received_code,
            received_reason=received_reason,
            sent_code=sent_code,
            sent_reason=sent_reason,
            clean=self._first.mechanism == "close_frame" and None not in (received_code, sent_code),
            life_ns=max(0, self._ended_ns - self.opened_ns),
            silence_rx_ns=self._silence_ns[0],
            silence_tx_ns=self._silence_ns[1],
            forced=self.forced,
            tapped=self._is_tapped,
        )

    def lag_since_ns(self) -> int:
        """From when on our own lag belongs to the circumstances."""
        return max(self.opened_ns, self._ended_ns - LAG_WINDOW_NS)

    def circumstances(
        self,
        at_ns: int,
        *,
        unsent_bytes: int | None,
        in_doubt: int,
        waiting: int,
        lag_ns: int,
        legs: tuple[LegFact, ...] | None = None,
    ) -> Circumstances:
        """What was measured around the end; asked after `verdict`, with the same time."""
        closes: list[tuple[int, Direction]] = []
        if self._received is not None:
            closes.append((self._received[2], "rx"))
        if self._sent is not None:
            closes.append((self._sent[2], "tx"))
        closes.sort()
        return Circumstances(
            first_close=closes[0][1] if closes else None,
            answer_ns=closes[1][0] - closes[0][0] if len(closes) == 2 else None,
            tcp_end=self._tcp_end,
            tcp_end_ns=max(0, at_ns - self._ended_ns),
            unsent_bytes=unsent_bytes,
            in_doubt=in_doubt,
            waiting=waiting,
            lag_ns=lag_ns,
            lag_window_ns=self._ended_ns - self.lag_since_ns(),
            legs=legs,
        )


_TCP_ENDS: dict[EndingFact, TcpEnd] = {
    EndingFact.PEER_FIN: "fin",
    EndingFact.PEER_RST: "rst",
    EndingFact.KERNEL_GAVE_UP: "timeout",
    EndingFact.OUR_FIN: "our_fin",
    EndingFact.OUR_RESET: "our_rst",
    EndingFact.OUR_ABORT: "abort",
}
