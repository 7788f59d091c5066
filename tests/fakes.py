"""Stand-ins shared by the tests: a clock whose time is ours, a network peer that is no WebSocket library."""

import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from wsmonitor.settings.endpoint_settings import NS, to_ns


@dataclass(order=True)
class FakeTimer:
    """A callback on virtual time."""

    at_ns: int
    number: int
    callback: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class FakeClock:
    """Virtual time (`engine/clocks/clock.py`'s `Clock`): a minute passes in microseconds, and only when told to.

    `sleep` lets the machine sleep: the boot clock and the wall clock go on, the monotonic one stands still.
    """

    def __init__(self, start_ns: int = 1_000 * NS) -> None:
        self._now_ns = start_ns
        self._asleep_ns = 0
        self._cpu_ns = 0
        self.wall_offset_ns = 1_700_000_000 * NS
        self._numbers = itertools.count()
        self._timers: list[FakeTimer] = []

    def now_ns(self) -> int:
        return self._now_ns

    def wall_ns(self) -> int:
        return self._now_ns + self._asleep_ns + self.wall_offset_ns

    def boot_ns(self) -> int:
        return self._now_ns + self._asleep_ns

    def cpu_ns(self) -> int:
        return self._cpu_ns

    def call_at(self, at_ns: int, callback: Callable[[], None]) -> FakeTimer:
        timer = FakeTimer(at_ns, next(self._numbers), callback)
        heapq.heappush(self._timers, timer)
        return timer

    @property
    def pending(self) -> list[FakeTimer]:
        """The timers that still wait for their time, soonest first."""
        return sorted(timer for timer in self._timers if not timer.cancelled)

    def advance(self, seconds: float) -> None:
        """Let time pass; every timer that comes due meanwhile is called at its own time."""
        end_ns = self._now_ns + to_ns(seconds)
        for timer in self._due(end_ns):
            self._now_ns = max(self._now_ns, timer.at_ns)
            timer.callback()
        self._now_ns = end_ns

    def stop_for(self, seconds: float) -> None:
        """Let time pass unseen, as if the process was stopped: what comes due is late."""
        self._now_ns += to_ns(seconds)
        self.advance(0)

    def sleep(self, seconds: float) -> None:
        """Let the machine sleep."""
        self._asleep_ns += to_ns(seconds)

    def work(self, seconds: float) -> None:
        """Use CPU time."""
        self._cpu_ns += to_ns(seconds)

    def _due(self, end_ns: int) -> Iterator[FakeTimer]:
        while self._timers and self._timers[0].at_ns <= end_ns:
            timer = heapq.heappop(self._timers)
            if not timer.cancelled:
                yield timer


class FixedChance:
    """A `random.Random` as far as the engine uses one; every draw is the same share of its range."""

    def __init__(self, share: float) -> None:
        self.share = share

    def uniform(self, low: float, high: float) -> float:
        return low + (high - low) * self.share

    def random(self) -> float:
        return self.share
