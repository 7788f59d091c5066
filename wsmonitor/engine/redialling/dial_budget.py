"""Pure: automatic re-dials per host and minute, shared by every endpoint of that host."""

from collections import Counter, defaultdict, deque

from wsmonitor.facts.events import WAITS_ITS_TURN
from wsmonitor.settings.endpoint_settings import to_ns

MINUTE_NS = to_ns(60)
LEAST_PER_MINUTE = 30


class _Host:
    """The dials of the last minute to one host:port, and whose they were."""

    __slots__ = ("by", "configured", "dials", "most")

    def __init__(self) -> None:
        self.configured = 0
        self.dials: deque[tuple[int, str]] = deque()
        self.by: Counter[str] = Counter()
        self.most: tuple[str, int] | None = None
        """Who dialled most; `None` until it is asked for again."""

    @property
    def most_dials(self) -> int:
        return max(LEAST_PER_MINUTE, 2 * self.configured)


class DialBudget:
    """At most max(30, 2 x connections configured there) automatic re-dials a minute per host:port."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = defaultdict(_Host)

    def configure(self, host_port: str, connections: int) -> None:
        """`connections` more (or, negative, fewer) are configured for this host."""
        self._hosts[host_port].configured += connections

    def take(self, host_port: str, now_ns: int, *, by: str) -> int | None:
        """Spend one dial of the endpoint `by` now, or say from when on one is free again (in `now_ns`' time)."""
        host = self._hosts[host_port]
        dials = host.dials
        while dials and dials[0][0] <= now_ns - MINUTE_NS:
            _, whose = dials.popleft()
            host.by[whose] -= 1
            if not host.by[whose]:
                del host.by[whose]
            host.most = None
        if len(dials) >= host.most_dials:
            return dials[0][0] + MINUTE_NS
        dials.append((now_ns, by))
        host.by[by] += 1
        host.most = None
        return None

    def why(self, host_port: str) -> str:
        """Why a dial has to wait: `waits its turn: 30 redials a minute to host:80 used up, 27 by "feed"`."""
        host = self._hosts[host_port]
        if host.most is None:
            host.most = host.by.most_common(1)[0]
        name, count = host.most
        share = "all" if count == len(host.dials) else f"{count}"
        where = host_port.rpartition("@")[2]
        return f"{WAITS_ITS_TURN}{host.most_dials} redials a minute to {where} used up, {share} by “{name}”"
