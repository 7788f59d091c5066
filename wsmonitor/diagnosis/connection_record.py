"""What is remembered of one connection for the rules: bounded, whatever its length.

Silences are kept as the longest that the connection *survived*: a limit shorter than a silence that was
survived cannot be what ended another connection.
"""

import re
from collections import Counter, deque
from typing import get_args

from msgspec import Struct

from wsmonitor.diagnosis.memory.peer_beats import PeerBeats
from wsmonitor.diagnosis.memory.survived import Survived
from wsmonitor.facts.events import Control, HeartbeatKind, HeartbeatMissed, Message, RttSample, TcpSample, Verdict
from wsmonitor.tables.known_codes import EVERYBODYS

ROUND_TRIPS = 256
LONG_ROUND_TRIPS = 64
"""So many of the long ones are kept beyond those: what comes once a minute is rarer than they reach back."""
LONG_FACTOR = 4
LONG_LEAST_NS = 20_000_000
LONG_BEHIND_BULK_NS = 5_000_000
KERNEL_SAMPLES = 48
LAST_SENT = 12
BULK_BYTES = 256 * 1024
"""So much data between a ping and its pong delays the pong by itself."""
KINDS: tuple[HeartbeatKind, ...] = get_args(HeartbeatKind)
KINDS_KEPT = 32
_BURST_NS = 50_000_000
_PROVEN_NS = 2_000_000_000
"""An ending so long after our last byte was not an answer to it."""
_ANSWER_NS, _EMPTY_BYTES = 20_000_000, 2
"""An empty message (nothing, or `{}`) that comes so soon after ours, and two round trips, may answer it."""

_TYPE = re.compile(rb'"(?:type|event|method|op|action|cmd)"\s*:\s*"([^"]{1,40})"')
_DIGITS = re.compile(rb"\d+")


class Sent(Struct, frozen=True):
    """A data message of ours; `kind` tells messages of one sort from those of another."""

    at_ns: int
    size_bytes: int
    kind: bytes
    head: bytes
    ordinal: int
    """1 for the first data message of the connection."""


class RoundTrip(Struct, frozen=True):
    """A WebSocket round trip and what happened meanwhile."""

    at_ns: int
    round_trip_ns: int
    lag_ns: int
    bulk_bytes: int
    late: bool = False
    """The pong came when the ping had already counted as missed."""


class Missed(Struct):
    """The heartbeats of one kind that stayed without an answer."""

    total: int = 0
    in_a_row: int = 0
    first_ns: int = 0
    last: HeartbeatMissed | None = None


class Pongs:
    """The peer's pongs: how many there were, and how many carried only the beginning of our last ping."""

    __slots__ = ("cut", "last_cut", "last_ping", "number")

    def __init__(self) -> None:
        self.number = self.cut = 0
        self.last_ping = self.last_cut = b""

    def pong(self, payload: bytes) -> None:
        """A pong arrived."""
        self.number += 1
        if payload and payload != self.last_ping and self.last_ping.startswith(payload):
            self.cut += 1
            self.last_cut = payload


class ConnectionRecord:
    """One connection from its open to its end, or to now. Times are monotonic nanoseconds."""

    has_long_round_trips = False
    """True once one was long beside the shortest."""
    is_doubtful = False
    """True once a heartbeat was missed, or the kernel repeated what we sent."""
    _shortest_ns = _longest_ns = -1

    def __init__(self, serial: int, slot: int, connection: int, opened_ns: int, tcp_ns: int | None) -> None:
        self.serial = serial
        self.codes = EVERYBODYS
        self.slot = slot
        self.connection = connection
        self.opened_ns = opened_ns
        self.tcp_ns = tcp_ns
        self.closed_ns = 0
        self.life_ns = self.ended_ns = 0
        """From open to the first fact of the end, and when that was; the transport may have gone later."""
        self._round_trip_ns: int | None = None
        self._quickest_ns: int | None = None
        self.verdict: Verdict | None = None
        self.forced = False
        self.disrupted_ns: int | None = None
        """When the first forced disruption of it began: silence from then on says nothing of the peer."""
        self.gappy = False
        self.last_rx_ns = self.last_tx_ns = self.last_data_tx_ns = opened_ns
        self.first_rx_ns: int | None = None
        self.first_tx_ns: int | None = None
        self.first_rx = self.last_rx = b""
        self.first_tx_kind = b""
        self.data_rx = self.data_tx = self.sent_bytes = self.largest_rx_bytes = 0
        self.peer_closes = self.data_after_close = 0
        """Close frames of the peer, and its data messages after the first of them."""
        self.largest_tx_bytes = self.survived_tx_bytes = 0  # the longest of ours, and the longest that another followed
        self.survived_rx, self.survived_tx, self.survived_both = Survived(), Survived(), Survived()
        self.survived_data_tx = Survived()
        """Pauses between our data messages, whatever pings went on meanwhile."""
        self._unproven_tx_ns = self._unproven_both_ns = self._unproven_data_tx_ns = 0
        self.gap_before_tx_ns = 0
        self.last_sent: deque[Sent] = deque(maxlen=LAST_SENT)
        self.sent_kinds: Counter[bytes] = Counter()
        """How often each sort of message was sent; the rarest are forgotten."""
        self.pings_ns: deque[int] = deque(maxlen=8)
        self.pongs = Pongs()
        self.peer = PeerBeats()
        self.answers: dict[HeartbeatKind, int] = dict.fromkeys(KINDS, 0)
        self.misses: dict[HeartbeatKind, Missed] = {kind: Missed() for kind in KINDS}
        self.round_trips: deque[RoundTrip] = deque(maxlen=ROUND_TRIPS)
        self.earlier_long: deque[RoundTrip] = deque(maxlen=LONG_ROUND_TRIPS)
        """The first of each run of long ones among those before `round_trips`."""
        self.is_in_long_run = False
        """True if the last before `round_trips` was a long one."""
        self._usual_ns = 0
        self.app_round_trips: deque[tuple[int, int]] = deque(maxlen=16)
        self.kernel: deque[TcpSample] = deque(maxlen=KERNEL_SAMPLES)
        self.unsent_bytes = 0
        self.busy_since_ns: int | None = None
        self._bulk: deque[tuple[int, int]] = deque(maxlen=256)
        self._bulk_total = 0

    # Folding

    def message(self, event: Message) -> None:
        """A data message passed."""
        if event.direction == "tx":
            self.data_tx += 1
            self.sent_bytes += event.size_bytes
            self.survived_tx_bytes = self.largest_tx_bytes
            self.largest_tx_bytes = max(self.largest_tx_bytes, event.size_bytes)
            self.peer.sent(event.at_ns, event.payload, event.size_bytes)
            head = event.payload[:512]
            if self.first_tx_ns is None:
                self.first_tx_ns, self.first_tx_kind = event.at_ns, message_kind(head)
            sent = Sent(event.at_ns, event.size_bytes, message_kind(head), head[:120], self.data_tx)
            self.last_sent.append(sent)
            self._count(sent.kind)
            self._unproven_data_tx_ns = max(self._unproven_data_tx_ns, event.at_ns - self.last_data_tx_ns)
            self.last_data_tx_ns = event.at_ns
            self.wrote(event.at_ns)
            return
        self.data_rx += 1
        self.data_after_close += self.peer_closes > 0
        if self.first_rx_ns is None:
            self.first_rx_ns, self.first_rx = event.at_ns, event.payload[:120]
        self.last_rx = event.payload[:120]
        is_short = event.size_bytes <= _EMPTY_BYTES
        may_answer = is_short and event.at_ns - self.last_tx_ns <= _ANSWER_NS + 2 * self.round_trip_ns
        self.peer.received(event.at_ns, event.payload, event.size_bytes, may_answer=may_answer)
        self._bulk_total += event.wire_bytes
        self._bulk.append((event.at_ns, self._bulk_total))
        self.largest_rx_bytes = max(self.largest_rx_bytes, event.size_bytes)
        self.read(event.at_ns)

    def _count(self, kind: bytes) -> None:
        if kind:
            self.sent_kinds[kind] += 1
            if len(self.sent_kinds) > KINDS_KEPT:
                latest = {sent.kind for sent in self.last_sent}  # of which rules ask how often they did no harm
                forgettable = (known for known in self.sent_kinds if known not in latest)
                del self.sent_kinds[min(forgettable, key=self.sent_kinds.__getitem__)]

    def control(self, event: Control) -> None:
        """A ping, pong or Close passed. What was held back did not pass; a Close ends no silence."""
        if event.suppressed or event.opcode == 8:
            self.peer_closes += event.direction == "rx" and event.opcode == 8
            return
        if event.direction == "rx":
            if event.opcode == 10:
                self.pongs.pong(event.payload)
            if event.opcode == 9:
                self.peer.ping(event.at_ns)
            self.read(event.at_ns)
            return
        if event.opcode == 9:
            self.pings_ns.append(event.at_ns)
            self.pongs.last_ping = event.payload
        self.wrote(event.at_ns)

    def read(self, at_ns: int) -> None:
        """Bytes arrived: every silence until now was survived."""
        self._prove()
        self.survived_rx.note(at_ns - self.last_rx_ns)
        self.survived_both.note(at_ns - max(self.last_rx_ns, self.last_tx_ns))
        self.last_rx_ns = at_ns

    def wrote(self, at_ns: int) -> None:
        """A frame left. The silence that it ended counts as survived once something arrives after it."""
        gap_ns = at_ns - max(self.last_rx_ns, self.last_tx_ns)
        is_same_burst = self.last_tx_ns > self.last_rx_ns and at_ns - self.last_tx_ns < _BURST_NS
        if not is_same_burst:
            self.gap_before_tx_ns = gap_ns
        self._unproven_tx_ns = max(self._unproven_tx_ns, at_ns - self.last_tx_ns)
        self._unproven_both_ns = max(self._unproven_both_ns, gap_ns)
        self.last_tx_ns = at_ns

    def answer(self, event: RttSample) -> None:
        """A heartbeat was answered."""
        self.answers[event.kind] += 1
        self.misses[event.kind].in_a_row = 0
        self.is_doubtful |= event.late
        is_only_measure = event.kind == "app" and not self.answers["ws"]
        if event.kind == "ws" or is_only_measure:
            bulk = self._bulk_since(event.at_ns - event.round_trip_ns)
            self._make_room()
            self._compare(event.round_trip_ns)
            self.round_trips.append(RoundTrip(event.at_ns, event.round_trip_ns, event.lag_ns, bulk, event.late))
        if event.kind == "app":
            self.app_round_trips.append((event.at_ns, event.round_trip_ns))

    def _compare(self, round_trip_ns: int) -> None:
        is_first = self._shortest_ns < 0
        self._shortest_ns = round_trip_ns if is_first else min(self._shortest_ns, round_trip_ns)
        self._longest_ns = max(self._longest_ns, round_trip_ns)
        self.has_long_round_trips = self._longest_ns >= self._shortest_ns + max(
            (LONG_FACTOR - 1) * self._shortest_ns, LONG_BEHIND_BULK_NS
        )

    def _make_room(self) -> None:
        """The oldest round trip goes; a long one among usual ones is kept apart."""
        if len(self.round_trips) < ROUND_TRIPS:
            return
        if self.answers["ws"] % (ROUND_TRIPS // 4) == 1:
            ranked = sorted(trip.round_trip_ns for trip in self.round_trips)
            self._usual_ns = ranked[len(ranked) // 2]
        oldest = self.round_trips[0]
        is_long = oldest.round_trip_ns > long_from_ns(self._usual_ns)
        if is_long and not self.is_in_long_run:
            self.earlier_long.append(oldest)
        self.is_in_long_run = is_long

    def miss(self, event: HeartbeatMissed) -> None:
        """A heartbeat was not answered in time."""
        self.is_doubtful = True
        missed = self.misses[event.kind]
        if not missed.in_a_row:
            missed.first_ns = event.at_ns - event.waited_ns
        missed.total += 1
        missed.in_a_row += 1
        missed.last = event

    def kernel_sample(self, event: TcpSample) -> None:
        """The kernel told how the socket is; notes since when what waits does not shrink."""
        self.kernel.append(event)
        self.is_doubtful |= event.retransmits > 0
        if not event.unsent_bytes or event.unsent_bytes < self.unsent_bytes:
            self.busy_since_ns = event.at_ns if event.unsent_bytes else None
        elif self.busy_since_ns is None:
            self.busy_since_ns = event.at_ns
        self.unsent_bytes = event.unsent_bytes

    def close(self, at_ns: int, verdict: Verdict) -> None:
        """It ended; what we had written long before did not end it.

        A peer that answers our Close was there all the time: the silence before it was survived.
        """
        self.closed_ns, self.verdict = at_ns, verdict
        self.life_ns, self.ended_ns = verdict.life_ns, self.opened_ns + verdict.life_ns
        self._round_trip_ns, self._quickest_ns = self.round_trip_ns, self.quickest_ns
        if verdict.silence_tx_ns > _PROVEN_NS:
            self._prove()
        if verdict.clean and verdict.initiator == "local" and self.disrupted_ns is None:
            self._prove()
            self.survived_rx.note(verdict.silence_rx_ns)
            self.survived_tx.note(verdict.silence_tx_ns)
            self.survived_both.note(min(verdict.silence_rx_ns, verdict.silence_tx_ns))
            self.survived_data_tx.note(self.ended_ns - self.last_data_tx_ns)

    def lose_sight(self) -> None:
        """Nothing more will be known of it: it lived until its last byte at least."""
        self.closed_ns = self.ended_ns = max(self.last_rx_ns, self.last_tx_ns)
        self.life_ns = self.ended_ns - self.opened_ns

    def disrupt(self, at_ns: int) -> None:
        """What happens to it from now on is not the peer's doing."""
        self.forced = True
        if self.disrupted_ns is None:
            self.disrupted_ns = at_ns

    # Asked by rules

    @property
    def round_trip_ns(self) -> int:
        """An estimate of the path's round trip: the median of the last pongs, or the TCP handshake."""
        if self._round_trip_ns is not None:
            return self._round_trip_ns
        if not self.round_trips:
            return self.tcp_ns or 0
        latest = sorted(trip.round_trip_ns for trip in list(self.round_trips)[-9:])
        return latest[len(latest) // 2]

    @property
    def quickest_ns(self) -> int:
        """The shortest round trip seen lately, the TCP handshake included."""
        if self._quickest_ns is not None:
            return self._quickest_ns
        seen = [trip.round_trip_ns for trip in self.round_trips]
        return min([*seen, self.tcp_ns] if self.tcp_ns is not None else seen, default=0)

    def age_ns(self, now_ns: int) -> int:
        """How old it became, or is."""
        return self.life_ns if self.ended_ns else max(0, now_ns - self.opened_ns)

    def _prove(self) -> None:
        if self._unproven_tx_ns:
            self.survived_tx.note(self._unproven_tx_ns)
            self.survived_both.note(self._unproven_both_ns)
        if self._unproven_data_tx_ns:
            self.survived_data_tx.note(self._unproven_data_tx_ns)
        self._unproven_tx_ns = self._unproven_both_ns = self._unproven_data_tx_ns = 0

    def _bulk_since(self, since_ns: int) -> int:
        """Bytes of data messages received since then; a bound from below if there were very many."""
        if not self._bulk or self._bulk[-1][0] < since_ns:
            return 0
        before = 0
        for at_ns, total in reversed(self._bulk):
            before = total
            if at_ns < since_ns:
                return self._bulk_total - before
        return self._bulk_total - before


def long_from_ns(usual_ns: int) -> int:
    """From where on a round trip is a spike."""
    return max(LONG_FACTOR * usual_ns, usual_ns + LONG_LEAST_NS)


def message_kind(head: bytes) -> bytes:
    """What sort of message this is: its JSON type, or its beginning with the digits left out."""
    if not head:
        return b""
    named = _TYPE.search(head)
    return named[1] if named else _DIGITS.sub(b"#", head[:48])
