"""Round trips that say something about the path or the peer: without our own lag, without bulk before the pong."""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

from wsmonitor.diagnosis.connection_record import BULK_BYTES, ConnectionRecord, RoundTrip
from wsmonitor.diagnosis.evidence import Evidence

_LAG_SHARE = 0.25
RECENT_NS = 900_000_000_000


def is_ours(trip: RoundTrip) -> bool:
    """True if our own lag is a notable part of the round trip."""
    return trip.lag_ns > _LAG_SHARE * trip.round_trip_ns


def is_bulky(trip: RoundTrip) -> bool:
    """True if so much data arrived before the pong that the pong had to wait for it."""
    return trip.bulk_bytes > BULK_BYTES


def recent(evidence: Evidence) -> list[ConnectionRecord]:
    """Connections whose round trips still speak: the last to end, and those that are open."""
    last = [record for record in list(evidence.ended)[-1:] if evidence.now_ns - record.closed_ns < RECENT_NS]
    return [record for record in (*last, *evidence.present) if not record.forced and record.round_trips]


def median(values: Sequence[int]) -> int:
    """The middle value, the upper one of two."""
    return sorted(values)[len(values) // 2]


def trend(values: Sequence[int]) -> float:
    """Mann-Kendall: how many standard deviations the order of the values is from a random one (Kendall 1975)."""
    count = len(values)
    concordant = sum(
        (later > earlier) - (later < earlier) for index, earlier in enumerate(values) for later in values[index + 1 :]
    )
    return concordant / sqrt(count * (count - 1) * (2 * count + 5) / 18) if count > 1 else 0.0


def pauses(times_ns: Sequence[int]) -> list[int]:
    """From each time to the next."""
    return [later - earlier for earlier, later in pairwise(times_ns)]
