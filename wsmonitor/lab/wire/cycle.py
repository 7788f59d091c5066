"""Up, down, up, down: the place in a cycle that begins with its first visitor."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where in the cycle we are: up or down, and for how long still."""

    up: bool
    left_s: float


class Cycle:
    """Up for a while, down for a while, for ever; made at the first visit, when it is up."""

    def __init__(self) -> None:
        self._begun_s = asyncio.get_running_loop().time()

    def place(self, up_s: float, down_s: float) -> Place:
        """The place now."""
        return place_at(asyncio.get_running_loop().time() - self._begun_s, up_s, down_s)


def place_at(age_s: float, up_s: float, down_s: float) -> Place:
    """The place in a cycle that began `age_s` ago."""
    into_s = age_s % max(up_s + down_s, 1e-3)
    return Place(True, up_s - into_s) if into_s < up_s else Place(False, up_s + down_s - into_s)
