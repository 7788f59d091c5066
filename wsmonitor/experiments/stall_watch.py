"""Notices that this program or computer stood still: then times mean nothing."""

import asyncio

from wsmonitor.experiments.bench import Time

TICK_S = 0.25


class StallWatch:
    """`longest_ns` is the longest time, beyond a tick, that passed unseen: a stopped process or a sleeping computer."""

    def __init__(self, clock: Time) -> None:
        self._clock = clock
        self.longest_ns = 0

    async def run(self) -> None:
        """Watch until cancelled."""
        seen_ns = self._clock.boot_ns()
        while True:
            await asyncio.sleep(TICK_S)
            now_ns = self._clock.boot_ns()
            self.longest_ns = max(self.longest_ns, now_ns - seen_ns - round(TICK_S * 1e9))
            seen_ns = now_ns
