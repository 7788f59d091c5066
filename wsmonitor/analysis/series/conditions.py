"""Conditions that we forced on one connection slot (a stall, a black hole): from when to when."""

import math
from collections import deque

from msgspec.structs import replace

from wsmonitor.analysis.series.history import ForcedCondition
from wsmonitor.facts.events import Disruption
from wsmonitor.text.plain_text import visible

_NEWEST = 512
_AT_ONCE = 16
"""There are fewer kinds of forced disconnects."""


class Conditions:
    """Folds what is forced. An ending (a reset) begins and never ends: it is no condition, and has its chip.

    What keeps openings away is no matter of one connection: it holds whether or not there is one.
    """

    def __init__(self) -> None:
        self._over: deque[ForcedCondition] = deque(maxlen=_NEWEST)
        self._running: dict[str, ForcedCondition] = {}
        self._away: dict[str, ForcedCondition] = {}
        self._cut: dict[str, ForcedCondition] = {}
        """What ran when the connection ended: a condition once it is said to have ended."""

    def change(self, event: Disruption, at_s: float) -> None:
        """Something that is forced on the connection began or ended."""
        kind = visible(event.kind, 60)
        match event.phase:
            case "started" if len(self._running) < _AT_ONCE:
                self._running.setdefault(kind, _begun(event, at_s))
            case "ended":
                if kind in self._running:
                    self._over.append(replace(self._running.pop(kind), end_s=at_s))
                elif kind in self._cut:
                    self._over.append(self._cut.pop(kind))
            case "failed" | "cancelled":
                self._running.pop(kind, None)

    def keep_away(self, event: Disruption, at_s: float) -> None:
        """Openings are kept away from now on, or are no more."""
        kind = visible(event.kind, 60)
        if kind in self._away:
            self._over.append(replace(self._away.pop(kind), end_s=at_s))
        if event.phase == "started" and len(self._away) < _AT_ONCE:
            self._away[kind] = _begun(event, at_s)

    def interrupt(self, at_s: float) -> None:
        """The connection is gone, and what was forced on it with it."""
        self._cut = {kind: replace(one, end_s=at_s) for kind, one in self._running.items()}
        self._running.clear()

    def lose(self, at_s: float) -> None:
        """The probe is gone: nobody will say that anything ended."""
        self._over.extend(replace(one, end_s=at_s) for one in (*self._running.values(), *self._away.values()))
        self._running.clear()
        self._away.clear()

    def view(self) -> tuple[ForcedCondition, ...]:
        """What there is now, in the order of ends; what still holds comes last."""
        return (*self._over, *self._running.values(), *self._away.values())


def _begun(event: Disruption, at_s: float) -> ForcedCondition:
    """A number of seconds is not repeated: how long it holds is seen."""
    argument = visible(event.argument, 60)
    return ForcedCondition(visible(event.kind, 60), at_s, math.inf, "" if _is_number(argument) else argument)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()
