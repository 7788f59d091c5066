"""The closures of one connection slot: a plane for the plots, words for the newest."""

from collections import deque

from wsmonitor.analysis.endings import closure_chip, closure_words
from wsmonitor.analysis.history import Chip, ClosuresView
from wsmonitor.analysis.levels import Series
from wsmonitor.analysis.snapshot import Closure
from wsmonitor.analysis.units import duration

_NEWEST = 512


class Closures:
    """Folds closures; memory is bounded by the plane's rings."""

    def __init__(self) -> None:
        self.count = 0
        self.last: Closure | None = None
        self._plane = Series()
        self._chips: dict[Chip, int] = {}
        self._newest_s: deque[float] = deque(maxlen=_NEWEST)
        self._newest_words: deque[str] = deque(maxlen=_NEWEST)
        self._view: ClosuresView | None = None

    def add(self, closure: Closure, at_s: float) -> None:
        """A connection ended."""
        self.count += 1
        self.last = closure
        verdict = closure.verdict
        chip = Chip(closure_chip(verdict), verdict.forced is not None)
        self._plane.append(at_s, self._chips.setdefault(chip, len(self._chips)))
        self._newest_s.append(at_s)
        self._newest_words.append(f"#{closure.number} {closure_words(verdict)}, after {duration(verdict.life_ns)}")
        self._view = None

    def reset_statistics(self) -> None:
        """Count from zero; the plane stays."""
        self.count = 0
        self.last = None

    def view(self) -> ClosuresView:
        """What there is now."""
        if self._view is None:
            newest = tuple(self._newest_s), tuple(self._newest_words)
            self._view = ClosuresView(self._plane.view(), tuple(self._chips), *newest)
        return self._view
