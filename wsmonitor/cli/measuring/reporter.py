"""Folds what a probe says and hands its lines to the writer.

The fold and the listeners see every event; lines are made only for those that somebody will read.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from wsmonitor.cli.measuring.writer import LineWriter
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.facts.events import AnyEvent
from wsmonitor.facts.tally import Tally

_AT_ONCE = 1000


class Fold(Protocol):
    """Something that takes every event in order and finds something: `analysis.analyzer.Analyzer`."""

    def feed(self, events: list[AnyEvent]) -> None: ...

    def take_finding_changes(self) -> list[FindingChange]: ...


class Listener(Protocol):
    """Something that hears every event, and then what the fold made of them."""

    def feed(self, events: list[AnyEvent]) -> None: ...

    def find(self, changes: list[FindingChange]) -> None: ...


class Reporter:
    """Between a probe and the writer. `line` words an event or a finding; `None` where it has no line."""

    def __init__(
        self,
        fold: Fold,
        line: Callable[[AnyEvent | FindingChange], bytes | None],
        writer: LineWriter,
        *,
        listeners: Sequence[Listener] = (),
    ) -> None:
        self._fold = fold
        self._line = line
        self._writer = writer
        self._listeners = listeners
        self._unwritten = Tally()
        self._last_at_ns = 0

    def take(self, events: list[AnyEvent]) -> None:
        """Fold events and word them."""
        for start in range(0, len(events), _AT_ONCE):
            some = events[start : start + _AT_ONCE]
            for listener in self._listeners:
                listener.feed(some)
            self._fold.feed(some)
            for event in some:
                self._last_at_ns = event.at_ns
                self._report(event)
            self.report_findings()

    def report_findings(self) -> None:
        """Word what the fold found since the last call."""
        changes = self._fold.take_finding_changes()
        for listener in self._listeners:
            listener.find(changes)
        for change in changes:
            self._put(self._line(change))

    def finish(self) -> None:
        """Say how many lines are missing at the end, where some are."""
        unwritten = self._unwritten.take(self._last_at_ns)
        if unwritten is not None:
            self._put(self._line(unwritten))

    def _report(self, event: AnyEvent) -> None:
        if event.is_sample and self._writer.is_full:
            self._unwritten.add(event)
            return
        self.finish()
        self._put(self._line(event))

    def _put(self, line: bytes | None) -> None:
        if line is not None:
            self._writer.put(line)
