"""Folds what a probe says and hands its lines to the writer.

The fold and the listeners see every event; lines are made only for those that somebody will read.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from wsmonitor.cli.measuring.writer import LineWriter
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.facts.events import AlertChanged, AnyEvent
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


class Judge(Protocol):
    """Something that raises alerts: `cli.measuring.alerting.Alerting`."""

    def take(self, events: list[AnyEvent], changes: list[FindingChange]) -> list[AlertChanged]: ...


class Reporter:
    """Between a probe and the writer. `line` words an event or a finding; `None` where it has no line."""

    def __init__(
        self,
        fold: Fold,
        line: Callable[[AnyEvent | FindingChange], bytes | None],
        writer: LineWriter,
        *,
        listeners: Sequence[Listener] = (),
        judge: Judge | None = None,
    ) -> None:
        self._fold = fold
        self._line = line
        self._writer = writer
        self._listeners = listeners
        self._judge = judge
        self._unwritten = Tally()
        self._last_at_ns = 0

    def take(self, events: list[AnyEvent]) -> None:
        """Fold events and word them, with the alerts that they raise."""
        for start in range(0, len(events), _AT_ONCE):
            some = events[start : start + _AT_ONCE]
            self._take(some)
            self.report_findings(some)

    def report_findings(self, events: Sequence[AnyEvent] = ()) -> None:
        """Word what the fold found since the last call, and the alerts that this and `events` raise."""
        changes = self._fold.take_finding_changes()
        for listener in self._listeners:
            listener.find(changes)
        for change in changes:
            self._put(self._line(change))
        if self._judge is not None and (alerts := self._judge.take(list(events), changes)):
            self._take(alerts)

    def _take(self, events: Sequence[AnyEvent]) -> None:
        for listener in self._listeners:
            listener.feed(list(events))
        self._fold.feed(list(events))
        for event in events:
            self._last_at_ns = event.at_ns
            self._report(event)

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
