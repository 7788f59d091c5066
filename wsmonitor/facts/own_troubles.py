"""What happened to the monitor itself: its own lag, sleep and stalls. Looked at before anybody is blamed."""

from collections import deque

from msgspec import Struct

from wsmonitor.facts.events import ClockJump, LoopLag, NetworkChanged

NOTABLE_LAG_NS = 100_000_000
"""A shorter delay of our own loop explains nothing."""
SETTLE_NS = 10_000_000_000
"""What ends within so long after a wake or a change of the network is put down to it."""
NOTICE_NS = 6_000_000_000
"""The network is looked at every 5 s, so a change may be told this much after its effect."""
_LATE_NS = 2_000_000_000
"""Lag and jumps are told up to a second after what they caused."""


class OwnTrouble(Struct, frozen=True):
    """Something of our own that explains an ending or a miss."""

    kind: str
    """`sleep`, `stall` or `lag`."""
    at_ns: int
    duration_ns: int


class Surroundings:
    """Folds the facts about the monitor; bounded."""

    def __init__(self) -> None:
        self.jumps: deque[ClockJump] = deque(maxlen=64)
        self.lags: deque[LoopLag] = deque(maxlen=256)
        self.facts = 0
        """So many jumps and lags were told."""

    def jump(self, event: ClockJump) -> None:
        """Time passed unseen."""
        self.jumps.append(event)
        self.facts += 1

    def lag(self, event: LoopLag) -> None:
        """The loop woke late."""
        if event.lag_ns >= NOTABLE_LAG_NS:
            self.lags.append(event)
            self.facts += 1

    def sleep_before(self, quiet_ns: int, at_ns: int) -> OwnTrouble | None:
        """A sleep since `quiet_ns`, the last byte, or just before `at_ns`."""
        for event in reversed(self.jumps):
            is_near = min(quiet_ns, at_ns - SETTLE_NS) <= event.at_ns <= at_ns + _LATE_NS
            if event.kind == "sleep" and is_near:
                return OwnTrouble("sleep", event.at_ns, event.gap_ns)
        return None

    def stall_before(self, quiet_ns: int, at_ns: int, *, least_ns: int) -> OwnTrouble | None:
        """A stop or a lag of ours of at least `least_ns` between `quiet_ns` and `at_ns`."""
        for event in reversed(self.jumps):
            if event.kind == "stall" and event.gap_ns >= least_ns and _touches(event.at_ns, quiet_ns, at_ns):
                return OwnTrouble("stall", event.at_ns, event.gap_ns)
        for lag in reversed(self.lags):
            if lag.lag_ns >= least_ns and _touches(lag.at_ns, quiet_ns, at_ns):
                return OwnTrouble("lag", lag.at_ns, lag.lag_ns)
        return None


def changed_before(changes: deque[NetworkChanged], quiet_ns: int, at_ns: int) -> NetworkChanged | None:
    """A change of the local address since the last byte, or just before `at_ns`."""
    for event in reversed(changes):
        if min(quiet_ns, at_ns - SETTLE_NS) <= event.at_ns <= at_ns + NOTICE_NS:
            return event
    return None


def _touches(told_ns: int, quiet_ns: int, at_ns: int) -> bool:
    return quiet_ns <= told_ns <= at_ns + _LATE_NS
