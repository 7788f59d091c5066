"""A loop whose time passes only while nobody has anything to do: three minutes take milliseconds."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
EPOCH_NS = 1_700_000_000 * 10**9


class _Selector(selectors.SelectSelector):
    """Sees to what is ready, and lets time pass instead of waiting."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise AssertionError("nobody has anything to do, now or later")
        if not ready and timeout:
            self.loop.passed_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its clock starts at 1,000 s."""

    def __init__(self) -> None:
        self.passed_s = 1000.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.passed_s


class VirtualClock:
    """The clocks of the running virtual loop (`bench.Time`)."""

    def __init__(self) -> None:
        self.asleep_ns = 0

    def sleep(self, seconds: float) -> None:
        """The computer sleeps: the monotonic clock stands still."""
        self.asleep_ns += round(seconds * 10**9)

    def now_ns(self) -> int:
        return round(asyncio.get_running_loop().time() * 1e9)

    def wall_ns(self) -> int:
        return EPOCH_NS + self.boot_ns()

    def boot_ns(self) -> int:
        return self.now_ns() + self.asleep_ns


def run_virtually(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
