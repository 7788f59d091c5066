"""Pure: tell sleep, a stopped process and a clock that was set apart, from four clocks.

On Linux the monotonic clock stands still during sleep and the boot-time clock does not, so their
difference grows by exactly the sleep. A long gap without such a growth and without CPU time is a
process that was stopped (SIGSTOP, a debugger); the wall clock moving by itself was set.
"""

from msgspec import Struct

from wsmonitor.facts.events import JumpKind
from wsmonitor.settings.endpoint_settings import to_ns

SLEEP_NS = to_ns(1)
STALL_NS = to_ns(1)
STEP_NS = to_ns(1)


class Jump(Struct, frozen=True):
    """Time that passed unseen; negative where the wall clock was set back."""

    kind: JumpKind
    gap_ns: int


class JumpDetector:
    """Compares each look at the clocks with the one before."""

    def __init__(self) -> None:
        self._before: tuple[int, int, int, int] | None = None

    def observe(self, *, now_ns: int, wall_ns: int, boot_ns: int, cpu_ns: int) -> Jump | None:
        """What the clocks say since the last call: monotonic, wall, boot time and our CPU time."""
        before, self._before = self._before, (now_ns, wall_ns, boot_ns, cpu_ns)
        if before is None:
            return None
        passed_ns, wall_passed_ns, boot_passed_ns, cpu_passed_ns = (
            after - earlier for after, earlier in zip(self._before, before, strict=True)
        )
        slept_ns = boot_passed_ns - passed_ns
        if slept_ns >= SLEEP_NS:
            return Jump("sleep", slept_ns)
        if passed_ns >= STALL_NS and cpu_passed_ns < passed_ns // 2:
            return Jump("stall", passed_ns)
        if abs(wall_passed_ns - passed_ns) >= STEP_NS:
            return Jump("step", wall_passed_ns - passed_ns)
        return None
