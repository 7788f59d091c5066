"""How a moment reads: local time of day, UTC, or the time since the session's start."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import Snapshot

TimeDisplay = Literal["local", "utc", "elapsed"]
DISPLAYS: tuple[tuple[TimeDisplay, str], ...] = (
    ("local", "local time"),
    ("utc", "UTC"),
    ("elapsed", "time since the start"),
)


class Moments:
    """One for the whole window, so that axis, read-out, tables and reports never disagree."""

    def __init__(self, display: TimeDisplay = "local") -> None:
        self.display: TimeDisplay = display

    def clock(self, snapshot: "Snapshot", at_ns: int, *, digits: int = 3) -> str:
        """`14:32:07.214`, `13:32:07.214Z` or `+2:07.214`, with `digits` of the second's fraction."""
        if self.display == "elapsed":
            return elapsed(at_ns - snapshot.start_ns, digits=digits)
        return clock(snapshot.wall_s(at_ns), digits=digits, utc=self.display == "utc")

    def next_display(self) -> TimeDisplay:
        """The display that follows this one when they are gone through."""
        displays = [display for display, _ in DISPLAYS]
        return displays[(displays.index(self.display) + 1) % len(displays)]


def clock(wall_s: float, *, digits: int = 3, utc: bool = False) -> str:
    """Time of day with `digits` of the second's fraction; UTC is marked by a Z."""
    moment = datetime.fromtimestamp(wall_s, UTC if utc else None)
    text = moment.strftime("%H:%M:%S")
    if digits:
        text += f".{moment.microsecond // 10 ** (6 - digits):0{digits}d}"
    return f"{text}Z" if utc else text


def elapsed(duration_ns: int, *, digits: int = 3) -> str:
    """`+2:07.214`, `+1:02:07`: minutes and seconds, with hours where there are any."""
    sign = "-" if duration_ns < 0 else "+"
    seconds, rest_ns = divmod(abs(duration_ns), 1_000_000_000)
    minutes, hours = seconds // 60 % 60, seconds // 3600
    text = f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"
    return f"{sign}{text}.{rest_ns // 10 ** (9 - digits):0{digits}d}" if digits else f"{sign}{text}"
