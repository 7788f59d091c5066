"""Facts that only a tap can state, and their words. Part of the vocabulary in `events/`."""

from typing import ClassVar, Literal

from msgspec import Struct

from wsmonitor.facts.event import Direction, EndpointEvent
from wsmonitor.facts.numbers import Whole

LegSide = Literal["client", "server"]
LegEndHow = Literal["fin", "rst", "timeout", "ours"]
LegFactKind = Literal["close_up", "close_down", "client_end", "server_end"]
ProcessFate = Literal["", "lives", "gone"]
RefusalReason = Literal["host", "origin", "limit", "not_http", "fault"]


class LegFact(Struct, frozen=True, kw_only=True):
    """One of the four facts that end a tapped connection, `after_ns` after the first of them.

    `how` is `close` for a Close frame (`close_up`: from the client), else how TCP ended. `independent` is true
    for a fact of the other leg that came before it could have been an answer to the first one: they crossed.
    """

    fact: LegFactKind
    how: str
    after_ns: Whole
    independent: bool = False


class TapListening(EndpointEvent, frozen=True, kw_only=True):
    """A tap takes connections at `addresses` (`127.0.0.1:9001`); `url` is what to give to a client."""

    addresses: tuple[str, ...]
    upstream: str
    url: str


Via = Literal["reverse", "connect"]
"""How a client came: by an address of the tap's, or through it as a proxy."""


class TapOpened(EndpointEvent, frozen=True, kw_only=True):
    """A client asks a tap for WebSocket. `pid` and `process` are there where the machine lets us see them."""

    client_address: str
    pid: Whole | None = None
    process: str = ""
    via: Via = "reverse"


class LegEnded(EndpointEvent, frozen=True, kw_only=True):
    """One leg of a tapped connection ended; `ours`: the tap ended it.

    `after_close_ns` is the time since the first Close frame of either side, the silences those since bytes were
    read from and written to this leg, `unsent_bytes` what still waited in the tap for it. `process` says, where
    it is known, whether the client's process was gone by then; one that exits in good order `lives` until it has
    closed its connections.
    """

    leg: LegSide
    how: LegEndHow
    after_close_ns: Whole | None
    silence_rx_ns: Whole
    silence_tx_ns: Whole
    unsent_bytes: Whole
    process: ProcessFate = ""


class TapCost(EndpointEvent, frozen=True, kw_only=True):
    """How long bytes were in the tap in the last second, from read to write, for `chunks` reads of all clients.

    Reads that the other side's kernel did not take at once, or that a fault held, are not among them.
    """

    is_sample: ClassVar[bool] = True
    p50_ns: Whole
    p99_ns: Whole
    max_ns: Whole
    chunks: Whole


class TapRefused(EndpointEvent, frozen=True, kw_only=True):
    """Somebody came to a tap and was not let through; `count` more than one where many came in a second."""

    reason: RefusalReason
    value: str
    count: Whole = 1


class ObserverLost(EndpointEvent, frozen=True, kw_only=True):
    """From byte `offset` on the tap does not understand one direction's frames, or what they hold; bytes still pass."""

    direction: Direction
    reason: str
    offset: Whole


class ProtocolViolated(EndpointEvent, frozen=True, kw_only=True):
    """A side of a tapped connection sent, at byte `offset`, what RFC 6455 forbids; it was passed on as it is."""

    direction: Direction
    rule: str
    offset: Whole


TapEvent = TapListening | TapOpened | LegEnded | TapCost | TapRefused | ObserverLost | ProtocolViolated
"""Every fact of a tap."""
