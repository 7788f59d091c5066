"""Meters between the parts of the real window: what a frame costs, how old a fact is when it is painted."""

import time
from collections.abc import Iterable

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.endpoints.slot_fold import SlotFold
from wsmonitor.facts.events import AnyEvent, ConnectionClosed, Control, LoopLag, RttSample, SamplesDropped, StateChanged
from wsmonitor.gui.feed.frame_meter import FrameMeter

PONG = 10


class Frames(FrameMeter):
    """Keeps every frame since `reset`, and the ages of the round trips that it showed first."""

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        """Count from zero."""
        self.costs_ms: list[float] = []
        self.ages_ms: list[float] = []
        self._has_worked = False
        self._unpainted_ns: list[int] = []

    def work(self, seconds: float) -> None:
        super().work(seconds)
        self._has_worked = True

    def painted(self, seconds: float) -> float:
        cost_s = super().painted(seconds)
        if self._has_worked:  # else it is a repaint without news: a hover, a blinking cursor
            self._has_worked = False
            self.costs_ms.append(cost_s * 1000)
            now_ns = time.monotonic_ns()
            self.ages_ms += [(now_ns - at_ns) / 1e6 for at_ns in self._unpainted_ns]
            self._unpainted_ns.clear()
        return cost_s

    def taken(self, at_ns: Iterable[int]) -> None:
        """Round trips that were stamped then are in the coming frame."""
        self._unpainted_ns += at_ns


class MeteredAnalyzer(Analyzer):
    """The fold, and what came through it."""

    def __init__(self, start_ns: int, wall_ns: int, frames: Frames) -> None:
        super().__init__(start_ns, wall_ns)
        self._frames = frames
        self.reset()

    def reset(self) -> None:
        """Count from zero."""
        self.round_trips_ns: list[int] = []
        self.lags_ns: list[int] = []
        self.lifecycle: list[StateChanged | ConnectionClosed] = []
        self.dropped = 0
        self.stamps_ns: dict[str, list[int]] = {}
        self.by_payload: dict[str, int] = {}
        self._pong = (0, "")

    def feed(self, events: Iterable[AnyEvent]) -> None:
        events = list(events)
        super().feed(events)
        samples = [event for event in events if isinstance(event, RttSample) and event.kind == "ws"]
        self._frames.taken(sample.at_ns for sample in samples)
        self.round_trips_ns += [sample.round_trip_ns for sample in samples]
        for sample in samples:
            self.stamps_ns.setdefault(sample.endpoint, []).append(sample.at_ns - sample.round_trip_ns)
        for event in events:
            if isinstance(event, Control) and event.opcode == PONG:
                self._pong = event.at_ns, event.payload.decode(errors="replace")
            elif isinstance(event, RttSample) and event.at_ns == self._pong[0]:
                self.by_payload[self._pong[1]] = event.round_trip_ns
            elif isinstance(event, LoopLag):
                self.lags_ns.append(event.lag_ns)
            elif isinstance(event, SamplesDropped):
                self.dropped += event.count
            elif isinstance(event, StateChanged | ConnectionClosed):
                self.lifecycle.append(event)

    def feed_unmetered(self, events: Iterable[AnyEvent]) -> None:
        """Fold what happened before, on nobody's bill."""
        super().feed(events)

    def slot(self, name: str) -> SlotFold:
        """Where the events of an endpoint's first connection are folded."""
        return self._endpoint(name).slot(0)
