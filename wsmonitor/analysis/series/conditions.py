"""Conditions that we forced on one connection slot (a stall, a black hole): from when to when."""

from collections import deque

from wsmonitor.analysis.series.history import ForcedCondition
from wsmonitor.facts.events import Disruption
from wsmonitor.text.plain_text import visible

_NEWEST = 512
_AT_ONCE = 16
"""There are fewer kinds of forced disconnects."""


class Conditions:
    """Folds what is forced. An ending (a reset) begins and never ends: it is no condition, and has its chip."""

    def __init__(self) -> None:
        self._over: deque[ForcedCondition] = deque(maxlen=_NEWEST)
        self._running: dict[str, float] = {}
        self._cut: dict[str, ForcedCondition] = {}
        """What ran when the connection ended: a condition once it is said to have ended."""

    def change(self, event: Disruption, at_s: float) -> None:
        """Something that is forced began or ended."""
        kind = visible(event.kind, 60)
        match event.phase:
            case "started" if len(self._running) < _AT_ONCE:
                self._running.setdefault(kind, at_s)
            case "ended":
                if kind in self._running:
                    self._over.append(ForcedCondition(kind, self._running.pop(kind), at_s))
                elif kind in self._cut:
                    self._over.append(self._cut.pop(kind))
            case "failed" | "cancelled":
                self._running.pop(kind, None)

    def interrupt(self, at_s: float) -> None:
        """The connection is gone, and what was forced on it with it."""
        self._cut = {kind: ForcedCondition(kind, start_s, at_s) for kind, start_s in self._running.items()}
        self._running.clear()

    def lose(self, at_s: float) -> None:
        """The probe is gone: nobody will say that anything ended."""
        self._over.extend(ForcedCondition(kind, start_s, at_s) for kind, start_s in self._running.items())
        self._running.clear()

    def view(self) -> tuple[ForcedCondition, ...]:
        """What there is now, in the order of ends; what still holds comes last."""
        running = [ForcedCondition(kind, start_s, float("inf")) for kind, start_s in self._running.items()]
        return (*self._over, *running)
