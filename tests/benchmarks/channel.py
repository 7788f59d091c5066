"""A round trip sample through the channel, against the same fact as a line of JSON."""

import json
from collections.abc import Iterator

from tests.benchmarks.row import Row, in_turns
from wsmonitor.facts.events import RttSample
from wsmonitor.probe.channel import Batch, FrameBuffer, decode_from_probe, encode

EVENTS = 50


def run() -> Iterator[Row]:
    """Encode and decode a batch of 50 samples."""
    batch = Batch(
        events=[
            RttSample(endpoint="chat", slot=0, connection=3, at_ns=10**15 + i, kind="ws", round_trip_ns=180_000 + i)
            for i in range(EVENTS)
        ]
    )
    facts = [
        {
            "type": "rtt_sample",
            "endpoint": "chat",
            "slot": 0,
            "connection": 3,
            "at_ns": 10**15 + i,
            "kind": "ws",
            "round_trip_ns": 180_000 + i,
            "lag_ns": 0,
            "late": False,
        }
        for i in range(EVENTS)
    ]

    def ours() -> object:
        return [decode_from_probe(body) for body in FrameBuffer().feed(encode(batch))]

    def reference() -> object:
        return [json.loads(json.dumps(fact)) for fact in facts]

    yield in_turns("an event through the channel, against JSON", ours, reference, per=EVENTS, goal=0.3)
