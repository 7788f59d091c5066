"""What was seen of each stimulus of the keepalive experiment."""

from dataclasses import dataclass, field
from typing import Literal

from wsmonitor.experiments.checks.seen import Seen

Stimulus = Literal["listen", "mute", "wrong", "unsolicited"]
Outcome = Literal["held", "forgotten", "nothing"]


@dataclass
class Watched:
    """A connection on which pings are answered in one way. Ages count from the answer to the upgrade request."""

    stimulus: Stimulus
    opened_ns: int
    age_ns: int = 0
    """How old it was when it ended, or when it was last seen alive."""
    how: str = ""
    """How it ended; empty while it lives."""
    code: int | None = None
    pings_ns: tuple[int, ...] = ()
    """Ages at which the server pinged."""


@dataclass(frozen=True)
class SilentPath:
    """For so long the path was silent to both sides; then one ping."""

    seconds: float
    outcome: Outcome
    how: str = ""


@dataclass(frozen=True)
class StoppedReading:
    """So long we read nothing; `kept_bytes` came when we read again, unless it had ended."""

    seconds: float
    kept_bytes: int
    how: str = ""


@dataclass(frozen=True)
class HalfClosed:
    """What came after our FIN; `after_ns` is None where nothing did."""

    how: str
    after_ns: int | None = None


@dataclass
class KeepaliveFacts:
    """One entry a stimulus; None where it was not come to."""

    watched: dict[Stimulus, Watched] = field(default_factory=dict)
    silent: list[SilentPath] = field(default_factory=list)
    stopped: StoppedReading | None = None
    half_closed: HalfClosed | None = None
    kept_tcp: Seen | None = None
    has_black_hole: bool = True
    """False where this system cannot silence a path."""
