"""What is said of an ended connection: the verdict, and what was measured around the end."""

from typing import Literal

from msgspec import Struct

from wsmonitor.facts.event import Direction
from wsmonitor.facts.numbers import CloseCode, Whole
from wsmonitor.facts.tap_events import LegFact

Initiator = Literal["local", "peer", "os", "unknown"]
Mechanism = Literal["close_frame", "fin", "rst", "timeout", "abort", "protocol_error"]
EndedBy = Literal["stop", "disruption", "heartbeat", "policy"]
TcpEnd = Literal["fin", "rst", "timeout", "our_fin", "our_rst", "abort"]

REGULAR_CODES = frozenset({1000, 1001})
"""Of a Close that says that the work is done, or that its sender goes away."""


class Verdict(Struct, frozen=True, kw_only=True):
    """Who ended a connection and how, from facts alone (`verdict.py` decides).

    `received_*` is what a Close frame of the peer said, `sent_*` what ours said; `None` means that
    no such frame was seen. Code 1005 stands for a Close frame without a code (RFC 6455, 7.1.5).
    Silences are the times without a byte in each direction before the end.

    Of a tapped connection (`tapped`) "we" is the user's client: `local` and `sent_*` are what it did, unless
    `by` says that the tap was told to.
    """

    by: EndedBy | None
    initiator: Initiator
    mechanism: Mechanism
    received_code: CloseCode | None
    received_reason: str | None
    sent_code: CloseCode | None
    sent_reason: str | None
    clean: bool
    life_ns: Whole
    silence_rx_ns: Whole
    silence_tx_ns: Whole
    forced: str | None
    tapped: bool = False

    @property
    def is_ours(self) -> bool:
        """True for an end that was asked for here: a stop, the policy, anything that a forced disconnect did."""
        return self.forced is not None or self.by in ("stop", "policy", "disruption")

    @property
    def is_loss(self) -> bool:
        """True for an end that nobody asked for: neither ours nor begun with a Close that says 1000 or 1001."""
        if self.is_ours:
            return False
        code = self.sent_code if self.tapped and self.initiator == "local" else self.received_code
        return self.mechanism != "close_frame" or code not in REGULAR_CODES


class Circumstances(Struct, frozen=True, kw_only=True):
    """What was measured around an ending, beside who and how; `None` where nobody could see it.

    `first_close` is the direction of the first Close frame, `answer_ns` how long after it the other
    side's came. `tcp_end` is the first thing that ended TCP, `tcp_end_ns` how long after the first
    fact of the end the transport was gone. `unsent_bytes` waited in our own write buffer when the end
    began (the kernel's buffer is not in it). `in_doubt` messages were written but nothing proves that
    the peer read them (at most `IN_DOUBT_LIMIT` are told apart), `waiting` ones were not written.
    `lag_ns` is the worst lag of our own loop from `lag_window_ns` before the end until TCP was gone.
    `legs` are the facts that ended a tapped connection, in their order.
    """

    first_close: Direction | None
    answer_ns: Whole | None
    tcp_end: TcpEnd | None
    tcp_end_ns: Whole
    unsent_bytes: Whole | None
    in_doubt: Whole
    waiting: Whole
    lag_ns: Whole
    lag_window_ns: Whole
    legs: tuple[LegFact, ...] | None = None


IN_DOUBT_LIMIT = 4096
"""Of so many written messages the engine remembers that they are not proven to have arrived."""
