"""Polite by construction: paced openings, bounded connections, an end after two refusals, and a ledger."""

from collections import Counter
from dataclasses import dataclass, field

from wsmonitor.facts.answers import Bound

OPENINGS_PER_S = 5
MOST_CONNECTIONS = 32
MOST_REFUSALS = 2
REFUSING_STATUSES = frozenset({429, 503})
TURNED_AWAY_NS = 1_000_000_000
"""A connection on which we said nothing, and that ends so soon, was refused."""
_GAP_NS = 1_000_000_000 // OPENINGS_PER_S
_SLOW_GAP_NS = 2_000_000_000
"""Between openings once one was refused."""
_ROOM = 1.1
"""A pace that a server just takes is not met to the millisecond."""
_LONGEST_WAIT_S = 10.0
"""A `Retry-After` is kept up to this."""


class RefusedError(Exception):
    """The server does not want more: two openings or connections were refused."""


@dataclass
class Ledger:
    """What the server was sent."""

    openings: int = 0
    sent_bytes: int = 0
    frames: Counter[str] = field(default_factory=Counter)

    def add_bytes(self, count: int) -> None:
        """So many bytes were written."""
        self.sent_bytes += count

    def note(self, what: str, count: int = 1) -> None:
        """Something worth telling was sent."""
        self.frames[what] += count

    def lines(self) -> tuple[str, ...]:
        """The ledger in words."""
        head = f"{self.openings} connections opened, {self.sent_bytes:,} bytes sent"
        return (head, *(f"{count} x {what}" for what, count in sorted(self.frames.items())))


@dataclass
class Politeness:
    """When the next connection may be opened, and whether any."""

    bound: Bound
    opened: int = 0
    held: int = 0
    refusals: list[str] = field(default_factory=list)
    _next_ns: int = 0
    _gap_ns: int = _GAP_NS

    def wait_ns(self, now_ns: int) -> int:
        """Take the next place in the row; how long to wait for it. Raises `RefusedError` where none is left."""
        self.check()
        if self.opened >= self.bound.openings:
            raise RefusedError(f"the bound of {self.bound.openings} openings is reached")
        self.opened += 1
        at_ns = max(now_ns, self._next_ns)
        self._next_ns = at_ns + self._gap_ns
        return at_ns - now_ns

    def hurry(self, per_s: int | None) -> None:
        """Open at most so many a second from now on; without a number, the usual ones."""
        self._gap_ns = round(_ROOM * 1_000_000_000 / per_s) if per_s else _GAP_NS

    @property
    def has_room(self) -> bool:
        """Whether one more connection may be held."""
        return self.held < min(self.bound.connections, MOST_CONNECTIONS)

    def refused(self, how: str, now_ns: int, *, wait_s: float = 0.0) -> None:
        """An opening or a connection was refused: the next ones are slower, the first after `wait_s` at least."""
        self.refusals.append(how)
        self._gap_ns = max(self._gap_ns, _SLOW_GAP_NS)
        wait_ns = max(self._gap_ns, round(min(wait_s, _LONGEST_WAIT_S) * 1e9))
        self._next_ns = max(self._next_ns, now_ns + wait_ns)

    def forgive(self) -> None:
        """What was refused so far was asked for on purpose."""
        self.refusals.clear()
        self._gap_ns = _GAP_NS

    def check(self) -> None:
        """Raises `RefusedError` after two refusals."""
        if len(self.refusals) >= MOST_REFUSALS:
            raise RefusedError(f"the server refused twice: {', '.join(self.refusals[:MOST_REFUSALS])}")
