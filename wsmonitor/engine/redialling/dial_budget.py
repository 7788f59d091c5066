"""Pure: automatic re-dials per host and minute, shared by every endpoint of that host."""

from collections import defaultdict, deque

from wsmonitor.settings.endpoint_settings import to_ns

MINUTE_NS = to_ns(60)
LEAST_PER_MINUTE = 30


class DialBudget:
    """At most max(30, 2 x connections configured there) automatic re-dials a minute per host:port."""

    def __init__(self) -> None:
        self._configured: dict[str, int] = defaultdict(int)
        self._dials: dict[str, deque[int]] = defaultdict(deque)

    def configure(self, host_port: str, connections: int) -> None:
        """`connections` more (or, negative, fewer) are configured for this host."""
        self._configured[host_port] += connections

    def take(self, host_port: str, now_ns: int) -> int | None:
        """Spend one dial now, or say from when on one is free again (in `now_ns`' time)."""
        dials = self._dials[host_port]
        while dials and dials[0] <= now_ns - MINUTE_NS:
            dials.popleft()
        if len(dials) >= max(LEAST_PER_MINUTE, 2 * self._configured[host_port]):
            return dials[0] + MINUTE_NS
        dials.append(now_ns)
        return None
