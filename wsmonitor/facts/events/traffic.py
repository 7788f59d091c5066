"""What passes on an open connection: heartbeats, messages, what waits, and what was counted without an event."""

from typing import ClassVar, Literal

from msgspec import Struct, field

from wsmonitor.facts.event import Direction, EndpointEvent, Event
from wsmonitor.facts.numbers import Ordinal, Whole
from wsmonitor.facts.tap_events import LegSide

HeartbeatKind = Literal["ws", "app", "tcp", "client"]
MessageFate = Literal["queued", "written", "acked", "dropped", "unknown"]


class RttSample(EndpointEvent, frozen=True, kw_only=True):
    """A round trip ended at `at_ns` after `round_trip_ns`.

    `ws`: from the write of a ping to the arrival of its pong. `app`: from an application heartbeat to
    its answer. `tcp`: the kernel's smoothed estimate, which includes delayed acknowledgement and
    ends at the next TCP endpoint (a proxy). `client`, on a tapped connection: from the server's ping
    or heartbeat, as it went to the client, to the client's answer. `lag_ns`: how late our own loop ran meanwhile.
    """

    is_sample: ClassVar[bool] = True
    kind: HeartbeatKind
    round_trip_ns: Whole
    lag_ns: Whole = 0
    late: bool = False


class HeartbeatMissed(EndpointEvent, frozen=True, kw_only=True):
    """A heartbeat was not answered within its timeout; `consecutive` counts misses in a row."""

    kind: HeartbeatKind
    consecutive: Whole
    waited_ns: Whole
    lag_ns: Whole = 0


class TcpSample(EndpointEvent, frozen=True, kw_only=True):
    """What the kernel says of the connection's socket (Linux `TCP_INFO`, see `engine/wire/tcp_info.py`).

    Times are nanoseconds. `rtt_ns` is smoothed and includes delayed acknowledgement; `unacked` and
    `retransmits` count segments, `unsent_bytes` waits in our own write buffer, `not_sent_bytes` in the
    kernel's: it has not left this machine. `probes` without an answer were sent in a row. Recordings of
    earlier versions lack these two. A tapped connection has two legs; of others `leg` says nothing.
    `unacked_bytes` is what the other host's kernel has not acknowledged.
    """

    is_sample: ClassVar[bool] = True
    rtt_ns: Whole
    rtt_var_ns: Whole
    min_rtt_ns: Whole
    unacked: Whole
    retransmits: Whole
    total_retransmits: Whole
    unsent_bytes: Whole
    leg: LegSide | None = None
    unacked_bytes: Whole | None = None
    probes: Whole = 0
    not_sent_bytes: Whole = 0


class Message(EndpointEvent, frozen=True, kw_only=True):
    """A data message passed (opcode 1 text, 2 binary).

    `size_bytes` is the size of the whole message after decompression, `wire_bytes` what its frames
    took on the wire; `payload` holds at most the configured capture, taken from the head. `dwell_ns` is how
    long the last of it was in a tap, from the read to the write; 0 where a fault held it, or without a tap.
    """

    is_sample: ClassVar[bool] = True
    direction: Direction
    opcode: Whole
    size_bytes: Whole
    wire_bytes: Whole
    fragments: Whole = 1
    payload: bytes = b""
    dwell_ns: Whole = 0


class Control(EndpointEvent, frozen=True, kw_only=True):
    """A control frame passed (opcode 8 close, 9 ping, 10 pong).

    `suppressed` is true for a pong that a running `mute_pongs` kept from being sent.
    """

    is_sample: ClassVar[bool] = True
    direction: Direction
    opcode: Whole
    payload: bytes = b""
    suppressed: bool = False


class OutboxChanged(EndpointEvent, frozen=True, kw_only=True):
    """Messages and bytes that wait to be written; `dropped` counts what bounds made us refuse.

    In a tap, bytes that wait in one `direction` (`depth` is 0 then), and how long in all reading the other
    side has paused for it.
    """

    is_sample: ClassVar[bool] = True
    depth: Whole
    bytes: Whole
    dropped: Whole = 0
    direction: Direction | None = None
    paused_ns: Whole = 0


class MessageStatus(EndpointEvent, frozen=True, kw_only=True):
    """What became of the message with number `message_id`, as far as we know."""

    is_sample: ClassVar[bool] = True
    message_id: Whole
    status: MessageFate
    reason: str = ""


class Unlisted(Struct, frozen=True, kw_only=True):
    """Data messages of one slot that passed from `first_ns` to `last_ns` and are no events of their own.

    `connection` is the newest one that they are of. The `_bytes` add up the messages' `size_bytes`.
    """

    endpoint: str
    connection: Ordinal
    slot: Ordinal
    first_ns: Whole
    last_ns: Whole
    received: Whole
    received_bytes: Whole
    sent: Whole
    sent_bytes: Whole


class SamplesDropped(Event, frozen=True, kw_only=True):
    """So many samples or payloads were not passed on because the reader was too slow.

    `unlisted` has an entry for each slot that had messages among them: whoever counts messages adds these.
    Recordings of earlier versions lack it.
    """

    is_sample: ClassVar[bool] = True
    count: Whole
    unlisted: tuple[Unlisted, ...] = field(name="let_by", default=())
