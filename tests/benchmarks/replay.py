"""Opening a recording of one hour with 50 endpoints, against the 2 s that a user waits without wondering."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.row import Row, best_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import AnyEvent, LoopLag, RttSample, State, StateChanged, TcpSample
from wsmonitor.recording import Replay, save
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig

ENDPOINTS = 50
SECONDS = 3600
PING_EVERY_S = 20
PATIENCE_S = 2


def run() -> Iterator[Row]:
    """Read, decode and analyze everything, and make the first snapshot."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hour.wsmon"
        configs = tuple(EndpointConfig(name=f"e{number}", url="ws://127.0.0.1/") for number in range(ENDPOINTS))
        save(path, Excerpt(0, 0, configs, tuple(_hour())))
        opened_ns = best_ns(lambda: _open(path), rounds=3)
    yield Row("a recording of 1 h with 50 endpoints opens", opened_ns / NS, "s", goal=PATIENCE_S)


def _open(path: Path) -> object:
    with Replay(path) as replay:
        analyzer = Analyzer(replay.start_ns, replay.wall_ns)
        for config in replay.endpoints:
            analyzer.add_endpoint(config)
        for batch in replay.batches():
            analyzer.feed(batch)
        return analyzer.snapshot(replay.end_ns)


def _hour() -> list[AnyEvent]:
    """What idle connections say: a kernel sample a second each, pings, our own lag."""
    events: list[AnyEvent] = []
    for second in range(SECONDS):
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
