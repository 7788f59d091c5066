"""A day and more of 50 endpoints in the analysis alone; says resident memory in MB after every simulated hour."""

import resource
import sys
from itertools import chain

import msgspec

from tests.benchmarks.windowed import Spec, endpoint_configs
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.config import NS
from wsmonitor.events import AnyEvent, Message, RttSample, State, StateChanged

ENDPOINTS = 50
MESSAGE_EVERY = 5


def main(hours: int) -> list[float]:
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
        with open("/proc/self/statm", encoding="ascii") as statm:
            sizes.append(int(statm.read().split()[1]) * resource.getpagesize() / 1e6)
    return sizes


def _second(name: str, second: int) -> list[AnyEvent]:
    at_ns = second * NS
    trip_ns = 300_000 + second * 7919 % 200_000
    events: list[AnyEvent] = [RttSample(endpoint=name, connection=1, at_ns=at_ns, kind="ws", round_trip_ns=trip_ns)]
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
    print(msgspec.json.encode(main(int(sys.argv[1]))).decode(), flush=True)
