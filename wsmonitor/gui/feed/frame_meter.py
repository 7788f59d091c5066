"""What a frame costs: the longest that the window was busy in one go for it, frames a second, memory."""

import sys
import time
from collections import deque
from pathlib import Path

from msgspec import Struct

_KEPT = 300
_STATM = Path("/proc/self/statm")


class Cost(Struct, frozen=True):
    """The worst of a hundred recent frames, frames in the last second, resident memory."""

    p99_ms: float
    per_second: float
    memory_mb: float


class FrameMeter:
    """`work` is told of each tick, `painted` of the painting that ends a frame.

    Input is handled between ticks: a frame costs as much as its last tick with its painting, or as a longer tick
    since the frame before.
    """

    def __init__(self) -> None:
        self._frames: deque[tuple[float, float]] = deque(maxlen=_KEPT)
        self._tick_s = self._longest_s = 0.0
        self._memory = (0.0, 0.0)

    def work(self, seconds: float) -> None:
        """A tick took so long."""
        self._tick_s = seconds
        self._longest_s = max(self._longest_s, seconds)

    def painted(self, seconds: float) -> float:
        """The frame was painted in `seconds`; what it cost, in seconds."""
        cost_s = max(self._longest_s, self._tick_s + seconds)
        self._frames.append((time.monotonic(), cost_s))
        self._tick_s = self._longest_s = 0.0
        return cost_s

    def cost(self) -> Cost:
        """The numbers now."""
        now = time.monotonic()
        costs = sorted(cost for _, cost in self._frames)
        p99 = costs[min(len(costs) - 1, int(len(costs) * 0.99))] if costs else 0.0
        recent = sum(1 for at, _ in self._frames if now - at <= 1.0)
        if now - self._memory[0] > 1.0:
            self._memory = (now, _memory_mb())
        return Cost(p99 * 1000, float(recent), self._memory[1])


def _memory_mb() -> float:
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * resource.getpagesize() / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3
