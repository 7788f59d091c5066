"""Time as the engine sees it: asked for, waited for, and replaceable in tests."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterable
from typing import Protocol


class Timer(Protocol):
    """A callback that waits for its time."""

    def cancel(self) -> None:
        """Never call it; harmless when it was called already."""
        ...


class Clock(Protocol):
    """Where every time of the engine comes from, in nanoseconds."""

    def now_ns(self) -> int:
        """The monotonic clock. It stands still while the machine sleeps (Linux `CLOCK_MONOTONIC`)."""
        ...

    def wall_ns(self) -> int:
        """The wall clock, since the Unix epoch. It can be set and may jump."""
        ...

    def boot_ns(self) -> int:
        """Time since the machine started, sleep included; the monotonic clock where there is none."""
        ...

    def cpu_ns(self) -> int:
        """CPU time that this process has used."""
        ...

    def call_at(self, at_ns: int, callback: Callable[[], None]) -> Timer:
        """Call once, at `at_ns` or later; it may come early by the loop's resolution."""
        ...


class SystemClock:
    """The machine's clocks and the running event loop's timers."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    now_ns = staticmethod(time.monotonic_ns)  # asked for every packet: without a call of our own in between
    wall_ns = staticmethod(time.time_ns)
    cpu_ns = staticmethod(time.process_time_ns)

    def boot_ns(self) -> int:
        if sys.platform == "linux":
            return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return time.monotonic_ns()

    def call_at(self, at_ns: int, callback: Callable[[], None]) -> Timer:
        delay_s = max(0, at_ns - self.now_ns()) / 1e9
        return self._loop.call_later(delay_s, callback)


class Alarm:
    """Calls `ring` once at the time it was set to, or later; setting it again replaces that time."""

    __slots__ = ("_clock", "_due_ns", "_ring", "_timer")

    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._timer: Timer | None = None
        self._due_ns: int | None = None

    def set(self, times_ns: Iterable[int | None]) -> None:
        """Ring at the earliest of these times; never if all are `None`."""
        due_ns = min((at_ns for at_ns in times_ns if at_ns is not None), default=None)
        if self._timer is not None and due_ns == self._due_ns:
            return
        self.cancel()
        if due_ns is not None:
            self._due_ns = due_ns
            self._timer = self._clock.call_at(due_ns, self._wake)

    def cancel(self) -> None:
        """Do not ring."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        self._timer = None
        self._ring()
