"""Draws the runs of a round: which faults a kind can be asked for, with parameters of their own each time."""

from typing import Final

from tests.real.case import Case
from tests.real.faults import brokers, field, protocols, scripted
from tests.real.faults.drawing import Dice
from tests.real.software import Kind

_DRAWS: Final = scripted.DRAWS | protocols.DRAWS | field.DRAWS | brokers.DRAWS
_ALSO: Final = {"silent_idle": "idle", "quiet_lifetime": "lifetime", "idle_sweep": "sweep", "pushes": "sweep",
                "down": "healthy"}  # fmt: skip
"""What a program can do that can do the other."""


def cases_of(kind: Kind, dice: Dice, *, share: float = 1.0) -> list[Case]:
    """The runs of one kind; with a `share` below 1 each is left out with those odds."""
    names = [name for name in _DRAWS if name in kind.can]
    for name, like in _ALSO.items():
        if like in kind.can:
            names.append(name)
    return [_DRAWS[name](kind, dice) for name in names if dice.random() < share]
