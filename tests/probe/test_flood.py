"""More than anybody can look at, and a reader that is slow: not every message is listed, but every one counts."""

import asyncio
import sys
import time

import pytest

from tests.engine.peer import BINARY, Wire, frame, peer
from tests.probe.processes import Using, endpoint
from tests.waiting import until_async
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import Message, SamplesDropped
from wsmonitor.probe import channel

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the probe needs pipes that can be polled")

MESSAGES, SIZE_BYTES, AT_ONCE = 300_000, 128, 1_000
LIMIT_S = 60.0


class Reader:
    """Folds what the probe says, and adds up by itself what that is."""

    def __init__(self, using: Using) -> None:
        self.analyzer = Analyzer(time.monotonic_ns(), time.time_ns())
        self.listed = self.unlisted = self.size_bytes = 0
        self._using = using

    def read(self) -> int:
        """Take everything that waits; how many messages were told until now."""
        events, self._using.events = self._using.events + self._using.client.take(), []
        self.analyzer.feed(events)
        for event in events:
            if isinstance(event, Message):
                self.listed += 1
                self.size_bytes += event.size_bytes
            elif isinstance(event, SamplesDropped):
                self.unlisted += sum(one.received for one in event.unlisted)
                self.size_bytes += sum(one.received_bytes for one in event.unlisted)
        return self.listed + self.unlisted


async def test_totals_and_rates_are_what_the_peer_sent_though_the_reader_takes_nothing_meanwhile() -> None:
    all_sent = asyncio.Event()

    async def floods(wire_: Wire) -> None:
        await wire_.upgrade()
        block = frame(BINARY, bytes(SIZE_BYTES)) * AT_ONCE
        for _ in range(MESSAGES // AT_ONCE):
            wire_.write(block)
            await wire_.drained()
        all_sent.set()
        await wire_.gone()

    using = Using()
    reader = Reader(using)
    using.client.start()
    try:
        async with peer(floods) as listening:
            await using.done(channel.AddEndpoint(config=endpoint(listening.url)))
            await using.done(channel.ConnectEndpoint(endpoint="peer"))
            await asyncio.wait_for(all_sent.wait(), LIMIT_S)
            await until_async("word of every message", lambda: reader.read() >= MESSAGES, limit_s=LIMIT_S)
    finally:
        using.client.close()

    now_ns = time.monotonic_ns()
    (summary,), (row,) = reader.analyzer.summary(now_ns), reader.analyzer.snapshot(now_ns).endpoints
    received = row.history.received
    seconds = received.seconds.read(0.0, 2 * LIMIT_S, 1000).total.sum() + sum(count for _, count in received.newest)
    assert reader.unlisted > 0, "it was a flood"
    assert reader.size_bytes == MESSAGES * SIZE_BYTES
    assert (summary.messages_received, seconds) == (MESSAGES, MESSAGES)
