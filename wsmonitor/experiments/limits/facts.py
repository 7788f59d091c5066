"""What the limits experiment found out so far."""

from dataclasses import dataclass, field

from wsmonitor.experiments.limits.search import SizeSearch


@dataclass
class Held:
    """Connections held at once: how many, and what came to the next one."""

    count: int = 0
    refusal: str = ""
    ended: str = ""
    """How an older one ended as a newer one opened."""
    was_tried: bool = False


@dataclass
class Rate:
    """Openings at one pace: `refusal` says what came to one of them."""

    per_s: int
    opened: int = 0
    refusal: str = ""
    refused_after_s: float = 0.0
    was_slow: bool = False
    """The server took its time, so that the pace was not kept."""


@dataclass
class LimitFacts:
    """One field a limit; None where it was not come to."""

    frame: SizeSearch | None = None
    frame_how: str = ""
    frame_is_announced: bool = True
    """False where whole frames had to be sent."""
    message: SizeSearch | None = None
    message_how: str = ""
    header: SizeSearch | None = None
    header_how: str = ""
    held: Held = field(default_factory=Held)
    rates: list[Rate] = field(default_factory=list)

    @property
    def is_of_messages(self) -> bool:
        """Whether what was refused as a frame, once it came, was too large for a message."""
        frame, message = self.frame, self.message
        if self.frame_is_announced or frame is None or message is None:
            return False
        if frame.refused is None or message.refused is None:
            return False
        return frame.taken < message.refused and message.taken < frame.refused

    @property
    def openings_per_s(self) -> int | None:
        """The fastest pace that was taken, where a faster one was refused; 0 where that was no matter of the pace."""
        refused = [rate.per_s for rate in self.rates if rate.refusal]
        fine = [rate.per_s for rate in self.rates if not rate.refusal]
        if not refused:
            return None
        return 0 if min(refused) in fine else max((one for one in fine if one < min(refused)), default=0)
