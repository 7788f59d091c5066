"""The closures of one connection slot: a plane for the plots, words for the newest."""

from collections import deque
from functools import cached_property

from wsmonitor.analysis.code_words import explain_verdict
from wsmonitor.analysis.endings import closure_chip, closure_words
from wsmonitor.analysis.history import Chip, ClosuresView
from wsmonitor.analysis.layers import closure_layers
from wsmonitor.analysis.levels import Series
from wsmonitor.analysis.snapshot import Closure
from wsmonitor.analysis.units import duration
from wsmonitor.tables.known_codes import CloseCodes

_NEWEST = 512


class Closures:
    """Folds closures; memory is bounded by the plane's rings."""

    def __init__(self) -> None:
        self.count = 0
        self.last: Closure | None = None
        self._plane = Series()
        self._chips: dict[Chip, int] = {}
        self._newest_s: deque[float] = deque(maxlen=_NEWEST)
        self._newest: deque[_Told] = deque(maxlen=_NEWEST)
        self._view: ClosuresView | None = None

    def add(self, closure: Closure, at_s: float, codes: CloseCodes) -> None:
        """A connection ended; `codes` say what its close codes mean."""
        self.count += 1
        self.last = closure
        verdict = closure.verdict
        chip = Chip(closure_chip(verdict), verdict.forced is not None)
        self._plane.append(at_s, self._chips.setdefault(chip, len(self._chips)))
        self._newest_s.append(at_s)
        self._newest.append(_Told(closure, codes))
        self._view = None

    def reword(self, codes: CloseCodes) -> None:
        """Codes mean something else now."""
        self._newest = deque((_Told(told.closure, codes) for told in self._newest), maxlen=_NEWEST)
        self._view = None

    def reset_statistics(self) -> None:
        """Count from zero; the plane stays."""
        self.count = 0
        self.last = None

    def view(self) -> ClosuresView:
        """What there is now."""
        if self._view is None:
            newest = tuple(self._newest_s), tuple(self._newest)
            self._view = ClosuresView(self._plane.view(), tuple(self._chips), *newest)
        return self._view


class _Told:
    """See `ToldClosure`."""

    def __init__(self, closure: Closure, codes: CloseCodes) -> None:
        self.closure = closure
        self._codes = codes

    @cached_property
    def words(self) -> str:
        verdict = self.closure.verdict
        return f"#{self.closure.number} {closure_words(verdict, self._codes)}, after {duration(verdict.life_ns)}"

    @cached_property
    def details(self) -> str:
        closure = self.closure
        layers = closure_layers(
            closure.verdict, closure.circumstances, closure.at_ns, codes=self._codes, kernel=closure.kernel
        )
        return "\n".join([self.words, *layers.lines, *explain_verdict(closure.verdict, self._codes).splitlines()[:1]])
