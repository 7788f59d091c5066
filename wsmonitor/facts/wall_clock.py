"""What the wall clock reads at a moment of the monotonic one."""

import time
from typing import Self

from msgspec import Struct


class WallClock(Struct, frozen=True):
    """`offset_ns` added to a monotonic time is the time since the Unix epoch, until the next `ClockAnchor`."""

    offset_ns: int = 0

    @classmethod
    def now(cls) -> Self:
        """As the two clocks of this machine read now."""
        return cls(time.time_ns() - time.monotonic_ns())

    def ns(self, at_ns: int) -> int:
        """Nanoseconds since the Unix epoch."""
        return at_ns + self.offset_ns

    def epoch_s(self, at_ns: int) -> float:
        """Seconds since the Unix epoch, to the microsecond: the `time` of views, exports and NDJSON alike."""
        return round((at_ns + self.offset_ns) / 1e9, 6)
