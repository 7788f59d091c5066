"""How late our own loop runs: evidence that travels with every sample.

A tick every 50 ms is compared with when it should have come. What is late here was late for every
pong that arrived meanwhile, and no rule may blame the network for it. A loop that pings everybody at once
makes itself late, so connections are told where in their interval to beat, and how often to ask the kernel.
"""

from collections import deque

TICK_NS = 50_000_000
REMEMBERED_NS = 60_000_000_000
_GOLDEN = 0.6180339887
"""Multiples of it, modulo one, lie as far apart as can be, however many there are."""
SAMPLE_NS = 1_000_000_000
SAMPLES_A_SECOND = 500
RESOLUTION_NS = 1_000_000
"""epoll rounds timers up to the next millisecond: so much lateness is none."""


class LagMeter:
    """Lateness of the loop's ticks over the last minute."""

    def __init__(self) -> None:
        self._late: deque[tuple[int, int]] = deque()  # (time, lag), lags falling from left to right
        self._next_due_ns: int | None = None
        self._phases = 0
        self.connections = 0
        """How many are configured, all endpoints together."""

    @property
    def sample_every_ns(self) -> int:
        """So often a connection may ask the kernel: 500 times a second, all of them together."""
        return SAMPLE_NS * max(1, -(-self.connections // SAMPLES_A_SECOND))

    def next_phase(self) -> float:
        """Where in its interval (0 to 1) the next connection is to ping: far from all before it."""
        self._phases += 1
        return (self._phases - 1) * _GOLDEN % 1

    def tick(self, due_ns: int, now_ns: int) -> int:
        """A tick that was due at `due_ns` came now; its lag in nanoseconds."""
        lag_ns = _lateness(due_ns, now_ns)
        self._next_due_ns = now_ns + TICK_NS
        while self._late and self._late[-1][1] <= lag_ns:
            self._late.pop()
        self._late.append((now_ns, lag_ns))
        while self._late[0][0] < now_ns - REMEMBERED_NS:
            self._late.popleft()
        return lag_ns

    def worst_since(self, since_ns: int, now_ns: int | None = None) -> int:
        """The largest lag of any tick since then, or of the one that is overdue at `now_ns`.

        A loop that was held up reads its sockets before it runs its timers: the tick that would tell of
        the delay comes after the pong which suffered from it.
        """
        past_ns = next((lag_ns for at_ns, lag_ns in self._late if at_ns >= since_ns), 0)
        if now_ns is None or self._next_due_ns is None:
            return past_ns
        return max(past_ns, _lateness(self._next_due_ns, now_ns))


def _lateness(due_ns: int, now_ns: int) -> int:
    late_ns = now_ns - due_ns
    return late_ns if late_ns > RESOLUTION_NS else 0
