"""An analyzer as it was at some moments, to go on from the nearest: in memory only, never from a file.

What is never changed once made (events, findings, views, numbers in full chunks) is shared; the rest is copied.
"""

import io
import pickle
from bisect import bisect_right
from operator import attrgetter
from types import FunctionType, MappingProxyType
from typing import Any, get_args

import numpy as np
from msgspec import Struct

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.log import FullChunk, LogView
from wsmonitor.analysis.series.chunks import RowsView
from wsmonitor.analysis.series.history import EndpointHistory, RatesView, SessionHistory
from wsmonitor.analysis.series.levels import SeriesView
from wsmonitor.analysis.series.states import StatesView
from wsmonitor.analysis.snapshot import Closure, EndpointView, FailedOpening, Health
from wsmonitor.diagnosis.findings import Diagnosed, Finding, PastFinding
from wsmonitor.diagnosis.rules.rule import Rule
from wsmonitor.facts.events import AnyEvent, LoopLag, RttSample, TcpSample, Verdict
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.tables.known_codes import CloseCodes

FIRST_STEP = 30_000
"""So many events apart are checkpoints of a short recording: to fold them takes no longer than a look."""
MOST = 48
MOST_BYTES = 160 * 1024 * 1024
"""Beyond either, every second checkpoint goes."""

_SHARED = frozenset(get_args(AnyEvent)) - {LoopLag, RttSample, TcpSample} | {
    *(np.ndarray, FullChunk, FunctionType, MappingProxyType, Rule, EndpointConfig, CloseCodes, Verdict),
    *(RowsView, SeriesView, RatesView, StatesView, EndpointHistory, SessionHistory, EndpointView),
    *(Closure, FailedOpening, Health, Diagnosed, Finding, PastFinding),
}
"""But for samples, which are many and soon forgotten: copied they are smaller."""


class Checkpoint(Struct, frozen=True):
    """After `events` events, the last of them in the stored batch `batch`, none of which was later than `at_ns`."""

    at_ns: int
    batch: int
    events: int
    copied: bytes
    shared: tuple[object, ...]

    def analyzer(self) -> Analyzer:
        """A new one as it was then; what is done to it shows nowhere else."""
        found = _Unpickler(self).load()
        assert isinstance(found, Analyzer)
        return found


class Checkpoints:
    """Those of one recording, in its order; bounded."""

    def __init__(self) -> None:
        self._kept: list[Checkpoint] = []
        self._step = FIRST_STEP
        self._sizes: dict[int, int] = {}

    def is_due(self, events: int) -> bool:
        """Whether a checkpoint after so many events is wanted."""
        return not self._kept or events >= self._kept[-1].events + self._step

    def keep(self, analyzer: Analyzer, *, at_ns: int, batch: int, events: int) -> None:
        """Keep `analyzer` as it is now."""
        buffer = io.BytesIO()
        pickler = _Pickler(buffer)
        pickler.dump(analyzer)
        self._add(Checkpoint(at_ns, batch, events, buffer.getvalue(), tuple(pickler.shared)))
        while len(self._kept) > MOST or (len(self._kept) > 1 and sum(self._sizes.values()) > MOST_BYTES):
            kept, self._kept, self._step = self._kept[::2], [], 2 * self._step
            self._sizes.clear()
            for one in kept:
                self._add(one)

    def before(self, at_ns: int) -> Checkpoint:
        """The last one that knows nothing later than `at_ns`; the first where all do."""
        return self._kept[max(0, bisect_right(self._kept, at_ns, key=attrgetter("at_ns")) - 1)]

    def _add(self, checkpoint: Checkpoint) -> None:
        self._kept.append(checkpoint)
        self._sizes[id(checkpoint)] = len(checkpoint.copied)
        for one in checkpoint.shared:
            self._sizes[id(one)] = one.nbytes if isinstance(one, np.ndarray | FullChunk) else 64


class _Pickler(pickle.Pickler):
    def __init__(self, buffer: io.BytesIO) -> None:
        super().__init__(buffer, pickle.HIGHEST_PROTOCOL)
        self.shared: list[object] = []

    def reducer_override(self, one: object) -> Any:
        """Asked once of each object but numbers, strings and the like."""
        if type(one) is LogView:  # it knows whose log it was: it is made anew
            return type(None), ()
        if type(one) not in _SHARED or one is _shared:
            return NotImplemented
        self.shared.append(one)
        return _shared, (len(self.shared) - 1,)


class _Unpickler(pickle.Unpickler):
    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__(io.BytesIO(checkpoint.copied))
        self._shared = checkpoint.shared

    def find_class(self, module: str, name: str) -> Any:
        """What makes an object; in place of `_shared`, what finds it."""
        return self._shared.__getitem__ if name == _shared.__name__ else super().find_class(module, name)


def _shared(place: int) -> object:
    """Stands for the object at this place among those that are shared."""
    raise NotImplementedError(place)
