"""A small session with everything in it: two endpoints, all kinds of heartbeats, losses, closures, messages."""

from pathlib import Path

from tests.analysis.facts import (
    NAME,
    START_NS,
    WALL_NS,
    closed,
    lagged,
    message,
    missed,
    ms,
    ns,
    opened,
    queued,
    rtt,
    state,
)
from tests.facts.builders import kernel_sample, verdict
from wsmonitor.facts.events import (
    AlertChanged,
    AnyEvent,
    ClockAnchor,
    ConnectionClosed,
    Control,
    Note,
    OpenFailed,
    PhaseDone,
    ProbeStarted,
    State,
    TcpSample,
)
from wsmonitor.recording import RecordingOptions, save
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.settings.endpoint_settings import EndpointConfig, TlsConfig

OTHER = "chat"
ENDPOINTS = (
    EndpointConfig(name=NAME, url="ws://localhost:8000/ws?token=s3cret", headers={"Authorization": "Bearer s3cret"}),
    EndpointConfig(
        name=OTHER,
        url="wss://alice:pw@chat.test/",
        auth="alice:s3cret",
        connections=2,
        tls=TlsConfig(passphrase="s3cret"),
        preamble=('{"hello":1}',),
    ),
)


def story() -> list[AnyEvent]:
    """Two minutes: three connections of one endpoint, one of each slot of the other."""
    events: list[AnyEvent] = [
        ProbeStarted(at_ns=ns(0), pid=42),
        ClockAnchor(at_ns=ns(0), wall_ns=WALL_NS + 250_000_000),
        Note(at_ns=ns(12), text="deployed =1.4", moment_ns=ns(10)),
        AlertChanged(at_ns=ns(12), endpoint=NAME, rule="=slow", raised=True, text="p99 above 200 ms"),
        OpenFailed(
            at_ns=ns(0.5),
            endpoint=NAME,
            phase="tcp",
            error="connection refused",
            duration_ns=ms(2),
            status=None,
        ),
    ]
    for slot in (0, 1):
        events.append(opened(0.6 + slot / 10, name=OTHER, slot=slot, connection=slot + 1))
    for connection in (1, 2, 3):
        start_s = 40.0 * (connection - 1) + 1
        events += [
            state(start_s, State.RESOLVING, attempt=connection),
            PhaseDone(at_ns=ns(start_s + 0.01), endpoint=NAME, phase="dns", duration_ns=ms(3)),
            PhaseDone(
                at_ns=ns(start_s + 0.02),
                endpoint=NAME,
                phase="http",
                duration_ns=ms(9),
                detail={"Server": "nginx"},
            ),
            opened(start_s + 0.1, connection=connection),
            message(start_s + 0.2, payload=b"x" * 600, connection=connection),
            message(start_s + 0.3, direction="tx", payload=b"hi", connection=connection),
            queued(start_s + 0.4, connection),
        ]
        for beat in range(20):
            at_s = start_s + 1 + beat
            events += [
                Control(
                    at_ns=ns(at_s), endpoint=NAME, connection=connection, direction="tx", opcode=9, payload=b"12345678"
                ),
                rtt(at_s + 0.05, 3 + beat * 1.37 + connection, connection=connection),
                rtt(at_s + 0.06, 11 + beat, kind="app", name=OTHER, connection=1),
                _kernel(at_s + 0.07, 2.5 + beat, connection),
                lagged(at_s + 0.08, 0.2),
            ]
        events += [missed(start_s + 25, connection=connection), closed(start_s + 30)]
        events.append(state(start_s + 30.001, State.BACKOFF, old=State.OPEN, connection=connection))
    events.append(closed(121, name=OTHER, initiator="local", mechanism="close_frame", sent_code=1000, by="stop"))
    return sorted(events, key=lambda event: event.at_ns)


def calm() -> list[AnyEvent]:
    """Half a minute in which only we ended connections: no rule of the diagnosis has anything to say."""
    events: list[AnyEvent] = [event for event in story() if event.at_ns < ns(16) and not isinstance(event, OpenFailed)]
    forced = closed(16, life_ns=14_900_000_000, initiator="local", mechanism="rst", by="disruption", forced="tcp_reset")
    stop = {"mechanism": "close_frame", "by": "stop", "sent_code": 1000, "sent_reason": "=bye"}
    stopped = verdict(initiator="local", life_ns=16_400_000_000, **stop)
    return [*events, forced, ConnectionClosed(at_ns=ns(17), endpoint=OTHER, connection=1, verdict=stopped)]


def indiscreet() -> list[AnyEvent]:
    """Events that quote secrets."""
    error = "ws://h/?token=s3cret refused"
    return [
        OpenFailed(at_ns=ns(1), endpoint=NAME, phase="tcp", error=error, duration_ns=ms(2)),
        PhaseDone(at_ns=ns(2), endpoint=NAME, phase="http", duration_ns=ms(9), detail={"Set-Cookie": "a=s3cret"}),
        state(3, State.BACKOFF, cause=error),
    ]


def _kernel(at_s: float, milliseconds: float, connection: int) -> TcpSample:
    return kernel_sample(ns(at_s), endpoint=NAME, connection=connection, rtt_ns=ms(milliseconds))


def excerpt(events: list[AnyEvent] | None = None) -> Excerpt:
    return Excerpt(START_NS, WALL_NS, ENDPOINTS, tuple(story() if events is None else events))


def recorded(path: Path, events: list[AnyEvent] | None = None, options: RecordingOptions | None = None) -> Path:
    """A finished recording of the story."""
    save(path, excerpt(events), options)
    return path
