"""What became of each early message."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Try:
    """A message sent so long after the answer to the upgrade request; `answered_ns` is None where it was lost.

    `actual_ns` is when it was sent in truth, both after the answer's arrival. `first_frame_ns` is when the server
    spoke first, by itself; None where it did not.
    """

    delay_ms: int
    actual_ns: int
    answered_ns: int | None
    how: str = ""
    """How the connection ended instead."""
    first_frame_ns: int | None = None
    upgrade_ns: int = 0
    """From the connection to the answer that upgraded it."""


@dataclass
class FirstSendFacts:
    """`has_oracle` is None until it was looked for."""

    tries: list[Try] = field(default_factory=list)
    has_oracle: bool | None = None
    refusals: set[str] = field(default_factory=set)
    """How connections ended on which nothing had been said yet."""

    @property
    def fair(self) -> list[Try]:
        """The tries whose connection was not refused."""
        return [one for one in self.tries if one.how not in self.refusals]
