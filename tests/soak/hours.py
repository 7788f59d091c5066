"""`python -m tests.soak.hours`: eight eventful hours in the pure parts alone; fails where memory goes on growing.

Four endpoints whose connections end every six seconds, ten times as often as a bad day's, in all ways; what is folded,
judged, logged and kept for clips is looked at every half minute. Towards the end only what the plots keep of a day may
still grow.
"""

import random
import resource
import sys
import time
from pathlib import Path

from tests.analysis.facts import START_NS, WALL_NS, ms, ns, opened, rtt, state
from tests.facts.builders import kernel_sample, verdict
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import AnyEvent, ConnectionClosed, Direction, HeartbeatMissed, Message, PhaseDone, State
from wsmonitor.settings.endpoint_settings import EndpointConfig

HOURS = 8
CYCLE_S = 6.0
NAMES = [f"server {number}" for number in range(4)]
ENDINGS = (
    {"initiator": "peer", "mechanism": "close_frame", "received_code": 1001, "received_reason": "going away"},
    {"initiator": "peer", "mechanism": "close_frame", "received_code": 1011, "received_reason": "upstream down"},
    {"initiator": "peer", "mechanism": "rst"},
    {"initiator": "peer", "mechanism": "fin"},
    {"initiator": "local", "mechanism": "timeout", "by": "heartbeat"},
    {"initiator": "local", "mechanism": "rst", "by": "disruption", "forced": "tcp_reset"},
)
GROWTH_MB = 1.0
"""An hour and endpoint, at most, in the last quarter."""


def main() -> None:
    """Play the hours and print memory after each half hour."""
    dice = random.Random(1)
    analyzer = Analyzer(START_NS, WALL_NS)
    for name in NAMES:
        analyzer.add_endpoint(EndpointConfig(name=name, url="ws://localhost:8000/ws"))
    sizes_mb = []
    for half_hour in range(2 * HOURS):
        for cycle in range(round(1800 / CYCLE_S)):
            number = half_hour * round(1800 / CYCLE_S) + cycle
            events = [event for name in NAMES for event in _cycle(name, number, dice)]
            analyzer.feed(sorted(events, key=lambda event: event.at_ns))
            if number % 5 == 0:
                analyzer.snapshot(ns((number + 1) * CYCLE_S))
        sizes_mb.append(_resident_mb())
        print(f"{(half_hour + 1) / 2:4.1f} h: {sizes_mb[-1]:7.1f} MB, {time.process_time():.0f} s of CPU", flush=True)
    slope = (sizes_mb[-1] - sizes_mb[-1 - HOURS // 2]) / (HOURS / 4) / len(NAMES)
    print(f"grows by {slope:.2f} MB an hour and endpoint in the last quarter")
    sys.exit(slope > GROWTH_MB)


def _cycle(name: str, number: int, dice: random.Random) -> list[AnyEvent]:
    """One connection: opening, pings twice a second, messages, an end."""
    start_s, connection = number * CYCLE_S + dice.uniform(0, 0.3), number + 1
    events: list[AnyEvent] = [
        state(start_s, State.RESOLVING, name=name, attempt=1),
        PhaseDone(at_ns=ns(start_s + 0.01), endpoint=name, phase="tcp", duration_ns=ms(3)),
        PhaseDone(at_ns=ns(start_s + 0.02), endpoint=name, phase="http", duration_ns=ms(9), detail={"Server": "nginx"}),
        opened(start_s + 0.03, connection=connection, name=name),
    ]
    for beat in range(10):
        at_s = start_s + 0.1 + beat / 2
        events.append(rtt(at_s, dice.lognormvariate(1, 0.5), name=name, connection=connection))
        events.append(kernel_sample(at_ns=ns(at_s), endpoint=name, connection=connection))
        payload = f'{{"type":"tick","seq":{number * 10 + beat}}}'.encode()
        events += [_message(at_s + 0.1, name, connection, direction, payload) for direction in ("rx", "tx")]
    ending = dice.choice(ENDINGS)
    if ending.get("by") == "heartbeat":
        gone_s = start_s + 5.2
        events.append(
            HeartbeatMissed(
                at_ns=ns(gone_s), endpoint=name, connection=connection, kind="ws", consecutive=1, waited_ns=ms(500)
            )
        )
    how = verdict(life_ns=ms(5470), **ending)
    events.append(ConnectionClosed(at_ns=ns(start_s + 5.5), endpoint=name, connection=connection, verdict=how))
    events.append(state(start_s + 5.51, State.BACKOFF, old=State.OPEN, name=name, connection=connection))
    return events


def _message(at_s: float, name: str, connection: int, direction: Direction, payload: bytes) -> Message:
    return Message(
        at_ns=ns(at_s),
        endpoint=name,
        connection=connection,
        direction=direction,
        opcode=1,
        size_bytes=len(payload),
        wire_bytes=len(payload) + 2,
        payload=payload,
    )


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
