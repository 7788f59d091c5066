"""What endpoints of one host have in common: when their connections ended, and how often we dial again."""

from collections import deque

from msgspec import Struct, field

from wsmonitor.facts.events import ConnectionClosed, Verdict

TOGETHER_NS = 2_000_000_000
"""Endings within so long of each other may have one cause."""
CROWD = 3
_REMEMBERED = 256


class HostClosure(Struct, frozen=True):
    """A connection to the host that ended, unforced."""

    at_ns: int
    endpoint: str
    slot: int
    connection: int
    verdict: Verdict
    open_before: int
    """So many connections to the host were open until then, this one included."""
    open_here: int
    """So many of them were of the same endpoint."""


class Crowd(Struct):
    """Closures of different slots that ended alike within `TOGETHER_NS` of the first."""

    kind: int
    """The code of the Close frame, 0 for none."""
    closures: list[HostClosure] = field(default_factory=list)
    keys: set[tuple[str, int]] = field(default_factory=set)

    def add(self, one: HostClosure) -> None:
        """One more."""
        self.closures.append(one)
        self.keys.add((one.endpoint, one.slot))

    @property
    def is_of_one_endpoint(self) -> bool:
        """True if all are parallel connections of one endpoint."""
        return len({name for name, _ in self.keys}) == 1

    @property
    def open_before(self) -> int:
        """So many connections were open that could have ended as well: those of the endpoint, or of the host."""
        return self.closures[0].open_here if self.is_of_one_endpoint else self.closures[0].open_before

    @property
    def width_ns(self) -> int:
        """From the first to the last."""
        return self.closures[-1].at_ns - self.closures[0].at_ns


class Redial(Struct, frozen=True):
    """A dial of ours that followed a loss."""

    at_ns: int
    endpoint: str
    slot: int


class HostRecord:
    """Folds what concerns all endpoints of one host; bounded."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.closures: deque[HostClosure] = deque(maxlen=_REMEMBERED)
        self.crowds: deque[Crowd] = deque(maxlen=_REMEMBERED)
        """Of `CROWD` and more closures each, oldest first."""
        self.redials: deque[Redial] = deque(maxlen=_REMEMBERED)
        self.open: dict[tuple[str, int], int] = {}
        """Which slots of which endpoints are open, and since when."""
        self._lately: deque[Crowd] = deque()
        self.facts = 0
        """So many closures were told."""
        self._lived_ns = self._opened_ns = 0

    def opened(self, endpoint: str, slot: int, at_ns: int) -> None:
        """A connection to the host opened."""
        self.gone(endpoint, slot)
        self.open[endpoint, slot] = at_ns
        self._opened_ns += at_ns

    def closed(self, event: ConnectionClosed) -> None:
        """A connection to the host ended, unforced."""
        before = self.open | {(event.endpoint, event.slot): 0}
        here = sum(name == event.endpoint for name, _ in before)
        self.gone(event.endpoint, event.slot)
        closure = HostClosure(
            event.at_ns, event.endpoint, event.slot, event.connection, event.verdict, len(before), here
        )
        if len(self.closures) == _REMEMBERED:
            self._lived_ns -= self.closures[0].verdict.life_ns
        self.closures.append(closure)
        self._lived_ns += event.verdict.life_ns
        self.facts += 1
        self._join(closure)

    def gone(self, endpoint: str, slot: int) -> None:
        """A connection to the host ended by our own wish."""
        self._opened_ns -= self.open.pop((endpoint, slot), 0)

    def redialled(self, at_ns: int, endpoint: str, slot: int) -> None:
        """We dialled again after a loss."""
        self.redials.append(Redial(at_ns, endpoint, slot))

    def closures_per_ns(self, now_ns: int, endpoint: str | None = None) -> float:
        """How often a connection to the host, or of one endpoint, ends: closures for each nanosecond it is open."""
        if endpoint is None:
            open_ns = self._lived_ns + max(0, len(self.open) * now_ns - self._opened_ns)
            return len(self.closures) / max(1, open_ns)
        lives_ns = [one.verdict.life_ns for one in self.closures if one.endpoint == endpoint]
        ages_ns = [now_ns - opened_ns for (name, _), opened_ns in self.open.items() if name == endpoint]
        return len(lives_ns) / max(1, sum(lives_ns) + sum(ages_ns))

    def _join(self, one: HostClosure) -> None:
        while self._lately and one.at_ns - self._lately[0].closures[0].at_ns > TOGETHER_NS:
            self._lately.popleft()
        kind = one.verdict.received_code or 0
        for crowd in reversed(self._lately):
            if crowd.kind == kind and (one.endpoint, one.slot) not in crowd.keys:
                crowd.add(one)
                if len(crowd.closures) == CROWD:
                    self.crowds.append(crowd)
                return
        self._lately.append(Crowd(kind, [one], {(one.endpoint, one.slot)}))
