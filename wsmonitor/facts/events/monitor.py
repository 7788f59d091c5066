"""What happens to the monitor itself: its clocks, its loop, its process."""

from typing import ClassVar, Literal

from wsmonitor.facts.event import Event
from wsmonitor.facts.numbers import Whole
from wsmonitor.facts.wall_clock import WallClock

JumpKind = Literal["sleep", "stall", "step"]


class ClockAnchor(Event, frozen=True, kw_only=True):
    """At `at_ns` of the monotonic clock the wall clock read `wall_ns` (since the Unix epoch)."""

    wall_ns: Whole

    @property
    def clock(self) -> WallClock:
        """The wall clock from now on."""
        return WallClock(self.wall_ns - self.at_ns)


class LoopLag(Event, frozen=True, kw_only=True):
    """The measuring loop woke `lag_ns` late: the worst of the last reporting period."""

    is_sample: ClassVar[bool] = True
    lag_ns: Whole


class ClockJump(Event, frozen=True, kw_only=True):
    """Time passed unseen for `gap_ns`: the machine slept, we were stopped, or the clock was set."""

    kind: JumpKind
    gap_ns: Whole


class ProbeLost(Event, frozen=True, kw_only=True):
    """The measuring process ended; nothing is known until `ProbeStarted`."""

    reason: str


class ProbeStarted(Event, frozen=True, kw_only=True):
    """The measuring process is there (again); `pid` is its process id."""

    pid: Whole
