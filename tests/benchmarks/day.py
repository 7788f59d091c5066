"""A day of 50 endpoints in the analysis alone, then a week; says resident memory in MB after every simulated hour.

After the day only what the plots keep is fed, a beat every 64 s: single samples, the log and what is kept for
judging are at their bounds by then, and buckets of 64 s and more grow with time, not with samples.
"""

import resource
import sys
from itertools import chain

import msgspec

from tests.benchmarks.windowed import Spec, endpoint_configs
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import Message, RttSample, SlotEvent, State, StateChanged, TcpSample
from wsmonitor.settings.endpoint_settings import NS

ENDPOINTS = 50
MESSAGE_EVERY = 4
LATER_STEP_S = 64


def main(hours: int, later_hours: int) -> list[float]:
    """Memory after each hour."""
    analyzer = Analyzer(0, 0)
    configs = endpoint_configs(Spec(endpoints=ENDPOINTS))
    for config in configs:
        analyzer.add_endpoint(config)
        opened = StateChanged(endpoint=config.name, connection=1, at_ns=0, old=State.UPGRADING, new=State.OPEN)
        analyzer.feed([opened])
    sizes = []
    for hour in range(hours):
        for second in range(hour * 3600, (hour + 1) * 3600):
            analyzer.feed(chain.from_iterable(_second(config.name, second) for config in configs))
            if second % 60 == 0:
                analyzer.snapshot(second * NS)
        sizes.append(_resident_mb())
    slots = [(config.name, analyzer._endpoint(config.name).slot(0)) for config in configs]
    for hour in range(hours, hours + later_hours):
        for second in range(hour * 3600, (hour + 1) * 3600, LATER_STEP_S):
            for name, slot in slots:
                for event in _second(name, second):
                    slot.fold(event, float(second))
        sizes.append(_resident_mb())
    return sizes


def _resident_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 1e6


def _second(name: str, second: int) -> list[SlotEvent]:
    """A round trip, what the kernel says, and now and then a message."""
    at_ns = second * NS
    trip_ns = 300_000 + second * 7919 % 200_000
    events: list[SlotEvent] = [
        RttSample(endpoint=name, connection=1, at_ns=at_ns, kind="ws", round_trip_ns=trip_ns),
        TcpSample(
            endpoint=name,
            connection=1,
            at_ns=at_ns,
            rtt_ns=trip_ns // 2,
            rtt_var_ns=trip_ns // 4,
            min_rtt_ns=trip_ns // 8,
            unacked=0,
            retransmits=0,
            total_retransmits=0,
            unsent_bytes=0,
        ),
    ]
    if second % MESSAGE_EVERY == 0:
        payload = f"tick {second}".encode()
        size = len(payload)
        events.append(
            Message(
                endpoint=name,
                connection=1,
                at_ns=at_ns,
                direction="rx",
                opcode=1,
                size_bytes=size,
                wire_bytes=size + 2,
                payload=payload,
            )
        )
    return events


if __name__ == "__main__":
    print(msgspec.json.encode(main(*map(int, sys.argv[1:]))).decode(), flush=True)
