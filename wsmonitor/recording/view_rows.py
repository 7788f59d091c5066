"""Pure: events -> the rows that the views for SQL users are made of."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from wsmonitor.facts.events import (
    ConnectionClosed,
    EndpointEvent,
    HeartbeatMissed,
    OpenFailed,
    RttSample,
    StateChanged,
    TcpSample,
)
from wsmonitor.facts.wall_clock import WallClock

Row = tuple[Any, ...]

INSERTS = {
    "round_trip": "INSERT INTO round_trip VALUES (?, ?, ?, ?, ?, ?, ?)",
    "missed": "INSERT INTO missed VALUES (?, ?, ?, ?, ?, ?)",
    "state_change": "INSERT INTO state_change VALUES (?, ?, ?, ?, ?, ?)",
    "open_failure": "INSERT INTO open_failure VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "ending": "INSERT INTO ending VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "diagnosis": "INSERT INTO diagnosis VALUES (?, ?, ?, ?, ?, ?)",
}
"""Table -> how a row gets into it; every row begins with the endpoint's id."""


class Finding(Struct, frozen=True, kw_only=True):
    """What the diagnosis said at `at_ns`; kept for SQL users, a replay derives it again."""

    at_ns: int
    endpoint: str
    rule: str
    severity: str
    confidence: float
    summary: str


def rows(event: EndpointEvent, endpoint_id: int, wall: WallClock) -> Iterator[tuple[str, Row]]:
    """The table and row of `event`; nothing for what no view shows."""
    who = (endpoint_id, event.connection, event.slot)
    time = wall.epoch_s(event.at_ns)
    match event:
        case RttSample():
            yield "round_trip", (*who, event.kind, time, event.round_trip_ns, int(not event.late))
        case TcpSample():  # a duration, but no heartbeat that could be lost
            yield "round_trip", (*who, "tcp", time, event.rtt_ns, 0)
        case HeartbeatMissed():
            yield "missed", (*who, event.kind, time, event.consecutive)
        case StateChanged():
            yield "state_change", (*who, time, event.old.value, event.new.value)
        case OpenFailed():
            failure = (event.phase, event.status, event.error, int(event.fatal), event.duration_ns)
            yield "open_failure", (*who, time, *failure)
        case ConnectionClosed(verdict=verdict):
            sides = (verdict.by, verdict.initiator, verdict.mechanism)
            received = (verdict.received_code, verdict.received_reason)
            sent = (verdict.sent_code, verdict.sent_reason)
            ending = (int(verdict.clean), verdict.life_ns, verdict.forced)
            yield "ending", (*who, time, *sides, *received, *sent, *ending)
