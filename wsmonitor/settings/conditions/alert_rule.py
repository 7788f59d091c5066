"""A rule of a workspace: when to raise an alert, for which endpoints, and what to do then."""

from fnmatch import fnmatchcase

from msgspec import Struct

LONGEST_NAME = 60
MOST_WORDS = 64
LONGEST_WORD = 4_096


class AlertRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[alert]]`."""

    name: str
    """What it is called where it is raised; unique."""
    when: str
    """The condition, such as `drops>=3 in 5m` (docs/alerts.md)."""
    endpoints: tuple[str, ...] = ()
    """Names of endpoints, `*` for anything; empty for all."""
    notify: bool = True
    """Show a notification of the desktop, unless the window is looked at."""
    sound: bool = False
    """Ring the bell of the desktop."""
    command: tuple[str, ...] = ()
    """A program with its arguments; no shell reads it, and it runs only where you have allowed it."""
    timeout_s: float = 10.0
    """The program is ended after this."""
    also_over: bool = False
    """Notify, ring and run again once it is over."""

    def is_about(self, endpoint: str) -> bool:
        """Whether the endpoint of this name is one of those that the rule is for."""
        return not self.endpoints or any(fnmatchcase(endpoint, pattern) for pattern in self.endpoints)
