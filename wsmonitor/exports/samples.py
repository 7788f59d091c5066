"""Events -> one row for each heartbeat: what CSV and Parquet have in common."""

from collections.abc import Iterator
from typing import NamedTuple

from wsmonitor.exports.source import Source, wall_clock
from wsmonitor.facts.events import AnyEvent, ClockAnchor, HeartbeatKind, HeartbeatMissed, RttSample, TcpSample
from wsmonitor.facts.wall_clock import WallClock


class Sample(NamedTuple):
    """One heartbeat: `outcome` is `answered`, `late` (after it had counted as missed), `missed` or `kernel`.

    `time` is seconds since the Unix epoch; `rtt_ms` is empty for a miss.
    """

    time: float
    endpoint: str
    connection: int
    slot: int
    kind: HeartbeatKind
    outcome: str
    rtt_ms: float | None


def samples(source: Source) -> Iterator[list[Sample]]:
    """The heartbeats of each batch of `source`, in order."""
    wall = wall_clock(source)
    for batch in source.batches():
        found = []
        for event in batch:
            if isinstance(event, ClockAnchor):
                wall = event.clock
            elif (sample := _sample(event, wall)) is not None:
                found.append(sample)
        yield found


def _sample(event: AnyEvent, wall: WallClock) -> Sample | None:
    kind: HeartbeatKind
    rtt_ns: int | None
    match event:
        case RttSample():
            kind, outcome, rtt_ns = event.kind, "late" if event.late else "answered", event.round_trip_ns
        case TcpSample():
            kind, outcome, rtt_ns = "tcp", "kernel", event.rtt_ns
        case HeartbeatMissed():
            kind, outcome, rtt_ns = event.kind, "missed", None
        case _:
            return None
    time = wall.epoch_s(event.at_ns)
    rtt_ms = None if rtt_ns is None else rtt_ns / 1e6
    return Sample(time, event.endpoint, event.connection, event.slot, kind, outcome, rtt_ms)
