"""Pure: stop dialling at full speed when openings fail or connections die at once."""

from wsmonitor.facts.events import BreakerState
from wsmonitor.settings.endpoint_settings import to_ns

WINDOW_NS = to_ns(60)
FAILURES_TO_OPEN = 5
SHORT_LIFE_NS = to_ns(1)
PROBE_EVERY_NS = to_ns(15)
"""One try every so often while open."""


class Breaker:
    """Five failed openings or lives under 1 s within 60 s open it; a stable connection closes it."""

    __slots__ = ("_enabled", "_failures", "state")

    def __init__(self, *, enabled: bool = True) -> None:
        self.state: BreakerState = "closed"
        self._enabled = enabled
        self._failures: tuple[int, ...] = ()

    def fail(self, at_ns: int) -> bool:
        """Count a failure. True if the breaker opened by it, from closed or from half open."""
        if not self._enabled:
            return False
        self._failures = (*self._failures[1 - FAILURES_TO_OPEN :], at_ns)
        full = len(self._failures) == FAILURES_TO_OPEN and at_ns - self._failures[0] <= WINDOW_NS
        if self.state == "half_open" or (self.state == "closed" and full):
            self.state = "open"
            return True
        return False

    def try_once(self) -> bool:
        """Let one attempt through. True if the breaker went from open to half open by it."""
        if self.state != "open":
            return False
        self.state = "half_open"
        return True

    def close(self) -> bool:
        """A connection proved stable, or a person asked. True if it was not closed before."""
        was_closed = self.state == "closed"
        self.state = "closed"
        self._failures = ()
        return not was_closed
