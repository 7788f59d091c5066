"""A scripted session: endpoints that connect, answer, drop and come back, as events in order of time."""

import math
import random
from collections.abc import Iterator

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    HeartbeatMissed,
    LoopLag,
    Message,
    OpenFailed,
    OutboxChanged,
    ProbeStarted,
    RttSample,
    State,
    StateChanged,
    Verdict,
)
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig, TlsConfig

START_NS = 1_000 * NS
WALL_NS = 1_795_000_000 * NS

ENDPOINTS = (
    EndpointConfig(name="voice backend", url="ws://localhost:8000/ws/voice"),
    EndpointConfig(name="transcribe", url="ws://localhost:8100/stt"),
    EndpointConfig(name="segmentation", url="wss://staging.example/seg", tls=TlsConfig(verify=False)),
    EndpointConfig(name="admin", url="wss://staging.example/admin"),
)


def fin(life_ns: int, *, code: int | None = None, forced: str | None = None) -> Verdict:
    """A peer that ended the connection: with a FIN, or with a Close frame of this code."""
    return Verdict(
        by="disruption" if forced else None,
        initiator="local" if forced else "peer",
        mechanism="rst" if forced else ("fin" if code is None else "close_frame"),
        received_code=code,
        received_reason=None if code is None else "service restart",
        sent_code=code,
        sent_reason=None,
        clean=code is not None,
        life_ns=life_ns,
        silence_rx_ns=30 * NS,
        silence_tx_ns=60 * NS,
        forced=forced,
    )


def story(duration_s: float, *, life_s: float = 61.0, seed: int = 1) -> list[AnyEvent]:
    """Everything that happened in `duration_s`, in order."""
    found: list[AnyEvent] = [ProbeStarted(at_ns=START_NS, pid=1)]
    random_numbers = random.Random(seed)
    for number, config in enumerate(ENDPOINTS[:3]):
        found += _life(config.name, duration_s, life_s * (1 + 3 * number), random_numbers)
    found += _refused(ENDPOINTS[3].name, duration_s)
    found += [
        LoopLag(at_ns=at_ns(second), lag_ns=random_numbers.randrange(400_000)) for second in range(int(duration_s))
    ]
    return sorted(found, key=lambda event: event.at_ns)


def analyzer_of(duration_s: float, **options: float) -> Analyzer:
    """An analyzer that has seen a story."""
    analyzer = Analyzer(START_NS, WALL_NS)
    for config in ENDPOINTS:
        analyzer.add_endpoint(config)
    analyzer.feed(story(duration_s, **options))  # type: ignore[arg-type]  # floats by name
    return analyzer


def at_ns(seconds: float) -> int:
    """A time of the story, in seconds since its start, as the events carry it."""
    return START_NS + round(seconds * NS)


def _life(name: str, duration_s: float, life_s: float, numbers: random.Random) -> Iterator[AnyEvent]:
    now, connection = 0.4, 0
    state = State.IDLE
    while now < duration_s:
        connection += 1
        for new, pause in ((State.CONNECTING, 0.05), (State.UPGRADING, 0.1), (State.OPEN, 0.0)):
            yield StateChanged(
                at_ns=at_ns(now), endpoint=name, connection=connection, old=state, new=new, attempt=1, cause="dial"
            )
            state, now = new, now + pause
        opened, end = now, min(now + life_s * numbers.uniform(0.98, 1.02), duration_s)
        yield from _traffic(name, connection, opened, end, numbers)
        if end >= duration_s:
            return
        for consecutive in (1, 2):
            at = end - 3 + consecutive
            yield HeartbeatMissed(
                at_ns=at_ns(at), endpoint=name, connection=connection, kind="ws", consecutive=consecutive, waited_ns=NS
            )
        now = end
        verdict = fin(round((end - opened) * NS), code=1012 if connection % 4 == 3 else None)
        yield ConnectionClosed(at_ns=at_ns(now), endpoint=name, connection=connection, verdict=verdict)
        yield StateChanged(
            at_ns=at_ns(now),
            endpoint=name,
            connection=connection,
            old=state,
            new=State.BACKOFF,
            attempt=1,
            retry_in_ns=3 * NS,
            cause="FIN without Close",
        )
        state = State.BACKOFF
        for depth in range(8):
            yield OutboxChanged(
                at_ns=at_ns(now + depth * 0.3), endpoint=name, connection=connection, depth=depth * 5, bytes=1
            )
        now += 3.0
        yield OutboxChanged(at_ns=at_ns(now), endpoint=name, connection=connection, depth=0, bytes=0)


def _traffic(name: str, connection: int, start: float, end: float, numbers: random.Random) -> Iterator[AnyEvent]:
    for tick in range(int((end - start - 3) * 2)):
        at = start + tick / 2
        base = 20 + 6 * math.sin(at / 9) + numbers.expovariate(1 / 5)
        for kind, value in (("ws", base), ("app", base * 1.6 + numbers.expovariate(1 / 9)), ("tcp", 1.5)):
            yield RttSample(
                at_ns=at_ns(at),
                endpoint=name,
                connection=connection,
                kind=kind,  # type: ignore[arg-type]  # one of the literals above
                round_trip_ns=round(value * 1e6),
            )
        for direction in ("rx", "tx"):
            yield Message(
                at_ns=at_ns(at + 0.1),
                endpoint=name,
                connection=connection,
                direction=direction,
                opcode=1,
                size_bytes=48,
                wire_bytes=50,
                payload=b'{"type":"tick","seq":%d}' % tick,
            )


def _refused(name: str, duration_s: float) -> Iterator[AnyEvent]:
    yield StateChanged(at_ns=at_ns(0.2), endpoint=name, old=State.IDLE, new=State.CONNECTING, attempt=1)
    yield OpenFailed(
        at_ns=at_ns(0.5), endpoint=name, phase="http", error="403 Forbidden", duration_ns=NS, status=403, fatal=True
    )
    yield StateChanged(at_ns=at_ns(0.5), endpoint=name, old=State.CONNECTING, new=State.FAILED, attempt=1, cause="403")
