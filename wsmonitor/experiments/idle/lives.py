"""What became of each connection of the idle experiment: the facts that `judge` reads."""

from dataclasses import dataclass, field
from typing import Literal

Group = Literal["S", "U", "P", "D", "F"]
Ending = Literal["", "announced", "reset", "forgotten", "refused"]
"""`announced`: it ended by itself. `reset`: the ping after the silence was answered by RST; `forgotten`: by nothing."""

GROUP_WORDS: dict[Group, str] = {
    "S": "silent until one ping",
    "U": "unsolicited pongs",
    "P": "pings",
    "D": "messages",
    "F": "one message, then silent",
}


@dataclass
class Life:
    """One connection. Times are of the monotonic clock, ages count from the answer to the upgrade request."""

    number: int
    group: Group
    planned_ns: int
    """How long it was to be kept: for S the silence before its ping."""
    opened_ns: int
    age_ns: int = 0
    """Its age when it ended, or when its last ping was answered."""
    silent_ns: int = 0
    """For S: how long it was silent in truth before its ping."""
    ending: Ending = ""
    how: str = ""
    code: int | None = None
    is_done: bool = False
    """Ended, or its last ping was answered."""
    server_pings_ns: tuple[int, ...] = ()
    """When the server pinged by itself."""
    server_frames: int = 0
    """Frames of the server that answered nothing of ours, its pings included."""
    last_server_frame_ns: int = 0
    """When the last of them came."""
    spoke_ns: int | None = None
    """The age at which it sent its first message."""
    is_understood: bool = False
    """Its message was answered."""

    @property
    def survived(self) -> bool:
        """Whether it lived as long as it was watched, and answered its last ping."""
        return self.is_done and not self.ending

    @property
    def ended_ns(self) -> int:
        """When it ended."""
        return self.opened_ns + self.age_ns


@dataclass
class IdleFacts:
    """Every life, the beat, and in which way they were tried."""

    lives: list[Life] = field(default_factory=list)
    beat_ns: int = 0
    longest_ns: int = 0
    is_serial: bool = False
    outages: list[int] = field(default_factory=list)
    """Wall-clock times at which everything ended together."""
    has_message: bool = False

    @property
    def first_turn(self) -> list[Life]:
        """Those that were opened one after the other at first: numbers begin anew with each turn."""
        later = next((at for at, life in enumerate(self.lives) if at and life.number == 1), len(self.lives))
        return self.lives[:later]

    def of(self, group: Group) -> list[Life]:
        """The lives of one group that came to something."""
        return [life for life in self.lives if life.group == group and life.is_done and life.ending != "refused"]
