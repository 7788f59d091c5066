"""The endings of one connection slot, and its failed openings: planes for the plots, words for the newest."""

from collections import deque
from functools import cached_property
from typing import Generic, TypeVar

from wsmonitor.analysis.series.history import Chip, EndingsView, ToldEnding
from wsmonitor.analysis.series.levels import Series
from wsmonitor.analysis.snapshot import Closure
from wsmonitor.facts.events import OpenFailed
from wsmonitor.tables.known_codes import CloseCodes
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text
from wsmonitor.text.units import duration
from wsmonitor.text.wording.closure_words import closure_words, sided_chip
from wsmonitor.text.wording.code_words import explain_verdict
from wsmonitor.text.wording.layers import closure_layers
from wsmonitor.text.wording.opening_words import obstacle, opening_layers

_NEWEST = 512
_KINDS = 256
"""So many kinds of endings are told apart: a peer has thousands of codes to choose from."""

T = TypeVar("T", bound=ToldEnding)


class Closures:
    """Folds closures; memory is bounded by the plane's rings."""

    def __init__(self) -> None:
        self.count = self.losses = 0
        self.last: Closure | None = None
        self._endings = _Endings[_ToldClosure]()

    def add(self, closure: Closure, at_s: float, codes: CloseCodes) -> None:
        """A connection ended; `codes` say what its close codes mean."""
        self.count += 1
        self.losses += closure.verdict.is_loss
        self.last = closure
        chip = Chip(sided_chip(closure.verdict), closure.verdict.forced is not None)
        self._endings.add(at_s, chip, _ToldClosure(closure, codes))

    def reword(self, codes: CloseCodes) -> None:
        """Codes mean something else now."""
        self._endings.replace([_ToldClosure(told.closure, codes) for told in self._endings.newest])

    def reset_statistics(self) -> None:
        """Count from zero; the plane stays."""
        self.count = self.losses = 0
        self.last = None

    def view(self) -> EndingsView:
        """What there is now."""
        return self._endings.view()


class FailedOpenings:
    """Folds openings that failed; bounded in the same way."""

    def __init__(self) -> None:
        self._endings = _Endings[_ToldOpening]()

    def add(self, event: OpenFailed, at_s: float) -> None:
        """An opening failed."""
        self._endings.add(at_s, Chip(f"✖ {obstacle(event).how}", forced=False), _ToldOpening(event))

    def view(self) -> EndingsView:
        """What there is now."""
        return self._endings.view()


class _Endings(Generic[T]):
    """A plane of kinds, and the newest endings."""

    def __init__(self) -> None:
        self.newest: deque[T] = deque(maxlen=_NEWEST)
        self._plane = Series()
        self._chips: dict[Chip, int] = {}
        self._newest_s: deque[float] = deque(maxlen=_NEWEST)
        self._view: EndingsView | None = None

    def add(self, at_s: float, chip: Chip, told: T) -> None:
        if chip not in self._chips and len(self._chips) >= _KINDS:
            chip = Chip("other", chip.forced)
        self._plane.append(at_s, self._chips.setdefault(chip, len(self._chips)))
        self._newest_s.append(at_s)
        self.newest.append(told)
        self._view = None

    def replace(self, newest: list[T]) -> None:
        self.newest = deque(newest, maxlen=_NEWEST)
        self._view = None

    def view(self) -> EndingsView:
        if self._view is None:
            newest = tuple(self._newest_s), tuple(self.newest)
            self._view = EndingsView(self._plane.view(), tuple(self._chips), *newest)
        return self._view


class _ToldClosure:
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


class _ToldOpening:
    def __init__(self, event: OpenFailed) -> None:
        self._event = event

    @cached_property
    def words(self) -> str:
        who, how = obstacle(self._event)
        return f"not opened: {who}, {how}: {visible(redact_text(self._event.error), 120)}"

    @cached_property
    def details(self) -> str:
        return "\n".join([self.words, *opening_layers(self._event).lines])
