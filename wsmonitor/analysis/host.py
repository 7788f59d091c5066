"""What endpoints of one host have in common: when their connections ended, and how often we dial again."""

from collections import deque
from dataclasses import dataclass

from wsmonitor.events import ConnectionClosed, Verdict

_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class HostClosure:
    """A connection to the host that ended, unforced."""

    at_ns: int
    endpoint: str
    slot: int
    connection: int
    verdict: Verdict
    open_before: int
    """So many connections to the host were open until then, this one included."""


@dataclass(frozen=True, slots=True)
class Redial:
    """A dial of ours that followed a loss."""

    at_ns: int
    endpoint: str
    slot: int


class HostRecord:
    """Folds what concerns all endpoints of one host; bounded."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.closures: deque[HostClosure] = deque(maxlen=_REMEMBERED)
        self.redials: deque[Redial] = deque(maxlen=_REMEMBERED)
        self.open: set[tuple[str, int]] = set()
        """Which slots of which endpoints are open."""

    def opened(self, endpoint: str, slot: int) -> None:
        """A connection to the host opened."""
        self.open.add((endpoint, slot))

    def closed(self, event: ConnectionClosed) -> None:
        """A connection to the host ended, unforced."""
        self.open.add((event.endpoint, event.slot))
        open_before = len(self.open)
        self.open.discard((event.endpoint, event.slot))
        closure = HostClosure(event.at_ns, event.endpoint, event.slot, event.connection, event.verdict, open_before)
        self.closures.append(closure)

    def gone(self, endpoint: str, slot: int) -> None:
        """A connection to the host ended by our own wish."""
        self.open.discard((endpoint, slot))

    def redialled(self, at_ns: int, endpoint: str, slot: int) -> None:
        """We dialled again after a loss."""
        self.redials.append(Redial(at_ns, endpoint, slot))
