"""Builders of events and analyzers that show only what matters; times are seconds since the session's start."""

from typing import Any

from tests.facts.builders import verdict
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    Direction,
    HeartbeatKind,
    HeartbeatMissed,
    LoopLag,
    Message,
    OpenFailed,
    OutboxChanged,
    ProbeLost,
    ProbeStarted,
    RttSample,
    SamplesDropped,
    State,
    StateChanged,
    Unlisted,
)
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig, to_ns

START_NS = 5_000 * NS
WALL_NS = 1_700_000_000 * NS
NAME = "voice"


def ns(at_s: float) -> int:
    """The monotonic time of `at_s`."""
    return START_NS + to_ns(at_s)


def ms(milliseconds: float) -> int:
    """Milliseconds as nanoseconds."""
    return round(milliseconds * 1e6)


def state(at_s: float, new: State, *, old: State = State.IDLE, name: str = NAME, **more: Any) -> StateChanged:
    return StateChanged(at_ns=ns(at_s), endpoint=name, old=old, new=new, **more)


def opened(at_s: float, *, connection: int = 1, name: str = NAME, slot: int = 0) -> StateChanged:
    return state(at_s, State.OPEN, old=State.UPGRADING, connection=connection, name=name, slot=slot)


def rtt(at_s: float, milliseconds: float, *, kind: HeartbeatKind = "ws", name: str = NAME, **more: Any) -> RttSample:
    return RttSample(at_ns=ns(at_s), endpoint=name, kind=kind, round_trip_ns=ms(milliseconds), **more)


def missed(at_s: float, *, consecutive: int = 1, kind: HeartbeatKind = "ws", **more: Any) -> HeartbeatMissed:
    return HeartbeatMissed(at_ns=ns(at_s), endpoint=NAME, kind=kind, consecutive=consecutive, waited_ns=10 * NS, **more)


def message(at_s: float, *, direction: Direction = "rx", payload: bytes = b"hello", **more: Any) -> Message:
    size = len(payload)
    return Message(
        at_ns=ns(at_s),
        endpoint=NAME,
        direction=direction,
        opcode=1,
        size_bytes=size,
        wire_bytes=size,
        payload=payload,
        **more,
    )


def dropped(
    first_s: float, last_s: float, *, received: int = 0, sent: int = 0, name: str = NAME, slot: int = 0
) -> SamplesDropped:
    """Word, at the end of a stretch, of messages of 100 bytes that are no events."""
    unlisted = Unlisted(
        endpoint=name,
        connection=1,
        slot=slot,
        first_ns=ns(first_s),
        last_ns=ns(last_s),
        received=received,
        received_bytes=100 * received,
        sent=sent,
        sent_bytes=100 * sent,
    )
    return SamplesDropped(at_ns=ns(last_s), count=received + sent, unlisted=(unlisted,))


def queued(at_s: float, depth: int, *, dropped: int = 0) -> OutboxChanged:
    return OutboxChanged(at_ns=ns(at_s), endpoint=NAME, depth=depth, bytes=10 * depth, dropped=dropped)


def closed(at_s: float, *, name: str = NAME, slot: int = 0, **changes: Any) -> ConnectionClosed:
    return ConnectionClosed(at_ns=ns(at_s), endpoint=name, slot=slot, connection=1, verdict=verdict(**changes))


def open_failed(at_s: float, *, error: str = "connection refused", **more: Any) -> OpenFailed:
    return OpenFailed(at_ns=ns(at_s), endpoint=NAME, phase="tcp", error=error, duration_ns=ms(2), **more)


def lagged(at_s: float, milliseconds: float) -> LoopLag:
    return LoopLag(at_ns=ns(at_s), lag_ns=ms(milliseconds))


def probe_lost(at_s: float) -> ProbeLost:
    return ProbeLost(at_ns=ns(at_s), reason="killed by signal 9")


def probe_started(at_s: float) -> ProbeStarted:
    return ProbeStarted(at_ns=ns(at_s), pid=42)


def analyzer(*events: AnyEvent, config: EndpointConfig | None = None) -> Analyzer:
    """An analyzer with one endpoint that was fed `events`."""
    made = Analyzer(START_NS, WALL_NS)
    made.add_endpoint(config or EndpointConfig(name=NAME, url="ws://localhost:8000/ws"))
    made.feed(events)
    return made


def snapshot(*events: AnyEvent, at_s: float = 1000.0) -> Snapshot:
    return analyzer(*events).snapshot(ns(at_s))


def view(*events: AnyEvent) -> EndpointView:
    """The row of the only endpoint."""
    (row,) = snapshot(*events).endpoints
    return row
