"""Recordings: how soon one is seen, and whole; how soon another moment of it; what writing one costs."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tests.benchmarks.processes import module, read_line
from tests.benchmarks.replayed import Replayed
from tests.benchmarks.row import Row, bounded
from wsmonitor.facts.events import AnyEvent, LoopLag, RttSample, State, StateChanged, TcpSample
from wsmonitor.recording.store import Store, claim
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig

ENDPOINTS = 50
HOUR_S = 3600
DAY_H = 24
PING_EVERY_S = 20
BATCH = 500
ROUNDS = 3


def run() -> Iterator[Row]:
    """In the real window, from the wish to the picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = _recording(Path(folder) / "hour.wsmon", 1)
        hour = [_opened(path) for _ in range(ROUNDS)]
        name = f"a recording of 1 h with {ENDPOINTS} endpoints"
        yield bounded(f"{name}: first picture", [one.first_s for one in hour], "s", goal=0.7)
        yield bounded(f"{name}: complete", [one.complete_s for one in hour], "s", goal=2)
        yield bounded("another moment of it", [max(one.jumps_s) * 1e3 for one in hour], "ms", goal=200)
        day = _opened(_recording(Path(folder) / "day.wsmon", DAY_H), jumps=False)
        name = f"a recording of {DAY_H} h with {ENDPOINTS} endpoints: complete"
        note = f"first picture after {day.first_s:.1f} s; at most {day.peak_mb:.0f} MB resident"
        yield Row(name, day.complete_s, "s", goal=5, note=note)
    with module("recorded") as process:
        yield Row("CPU of recording 50 endpoints at 10 Hz", float(read_line(process)) * 100, "%", goal=2)


def _opened(path: Path, *, jumps: bool = True) -> Replayed:
    with module("replayed", str(path), *(["jumps"] if jumps else [])) as process:
        return msgspec.json.decode(read_line(process), type=Replayed)


def _recording(path: Path, hours: int) -> Path:
    configs = tuple(EndpointConfig(name=f"e{number}", url="ws://127.0.0.1/") for number in range(ENDPOINTS))
    claim(path, overwrite=True)
    store = Store(path, start_ns=0, wall_ns=0, facts={})
    store.write(configs)
    for hour in range(hours):
        events = _hour(hour * HOUR_S)
        for first in range(0, len(events), BATCH):
            store.write(events[first : first + BATCH])
    store.finish(dropped=0)
    return path


def _hour(start_s: int) -> list[AnyEvent]:
    """What idle connections say: a kernel sample a second each, pings, our own lag."""
    events: list[AnyEvent] = []
    for second in range(start_s, start_s + HOUR_S):
        events += [LoopLag(at_ns=second * NS + quarter * NS // 4, lag_ns=100_000) for quarter in range(4)]
        for number in range(ENDPOINTS):
            events += _second(f"e{number}", second, second * NS + number * 1_000_000, second * 7919 % 5_000_000)
    return sorted(events, key=lambda event: event.at_ns)


def _second(endpoint: str, second: int, at_ns: int, spread_ns: int) -> list[AnyEvent]:
    rtt_ns = 20_000_000 + spread_ns
    events: list[AnyEvent] = [
        TcpSample(
            at_ns=at_ns,
            endpoint=endpoint,
            connection=1,
            rtt_ns=rtt_ns,
            rtt_var_ns=1,
            min_rtt_ns=1,
            unacked=0,
            retransmits=0,
            total_retransmits=0,
            unsent_bytes=0,
        )
    ]
    if second == 0:
        opened = StateChanged(at_ns=at_ns, endpoint=endpoint, old=State.UPGRADING, new=State.OPEN, connection=1)
        events.insert(0, opened)
    if second % PING_EVERY_S == 0:
        events.append(RttSample(at_ns=at_ns, endpoint=endpoint, connection=1, kind="ws", round_trip_ns=rtt_ns))
    return events
