"""Folds events and hands their lines to the writer, in a thread of its own.

The measuring loop only appends to a queue. The fold sees every event, but for samples and messages while too
much waits, of which it is told how many there were; lines are made only for those that somebody will read.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from wsmonitor.cli.watch.outcome import Outcome
from wsmonitor.cli.watch.writer import LineWriter
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.facts.events import AnyEvent, Control, Message, MessageStatus, OutboxChanged, RttSample, TcpSample
from wsmonitor.facts.tally import Tally

EVERY_S = 0.05
INBOX_LIMIT = 100_000
"""Once so many events wait, none that can be missed is taken until half of them are folded."""
_MISSABLE = (Message, RttSample, TcpSample, Control, MessageStatus, OutboxChanged)
_BATCH = 1000


class Fold(Protocol):
    """Something that takes every event in order and finds something: `analysis.analyzer.Analyzer`."""

    def feed(self, events: list[AnyEvent]) -> None: ...

    def take_finding_changes(self) -> list[FindingChange]: ...


class Reporter:
    """Between the measuring loop and the writer.

    Args:
        fold: sees every event, also those whose lines are dropped.
        line: words an event or a finding; `None` where it has no line. Called in order, from this thread only.
        on_failure: called once, from this thread, if `fold` or `line` raised.
    """

    def __init__(
        self,
        fold: Fold,
        line: Callable[[AnyEvent | FindingChange], bytes | None],
        writer: LineWriter,
        *,
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self.outcome = Outcome()
        self.failure: Exception | None = None
        self._fold = fold
        self._line = line
        self._writer = writer
        self._on_failure = on_failure
        self._inbox: deque[AnyEvent] = deque()
        self._unseen = Tally()
        self._unwritten = Tally()
        self._last_at_ns = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reporter", daemon=True)
        self._thread.start()

    def publish(self, event: AnyEvent) -> None:
        """Take an event; from the measuring loop, and quick."""
        is_behind = self._unseen.count > 0
        limit = INBOX_LIMIT // 2 if is_behind else INBOX_LIMIT
        if len(self._inbox) >= limit and isinstance(event, _MISSABLE):
            self._unseen.add(event)
            return
        if is_behind and (unseen := self._unseen.take(event.at_ns)) is not None:
            self._inbox.append(unseen)
        self._inbox.append(event)

    def finish(self) -> None:
        """Fold and word what is left, and end the thread. The fold is the caller's again.

        Nothing is published any more.
        """
        if (unseen := self._unseen.take(time.monotonic_ns())) is not None:
            self._inbox.append(unseen)
        self._stopping.set()
        self._thread.join()

    def report_findings(self) -> None:
        """Word what the fold found since the last call. After `finish` the caller may call it once more."""
        for change in self._fold.take_finding_changes():
            self.outcome.find(change)
            line = self._line(change)
            if line is not None:
                self._writer.put(line)

    def _run(self) -> None:
        try:
            while not self._stopping.wait(EVERY_S):
                self._drain()
            self._drain()
            self._tell_dropped()
        except Exception as error:  # a bug in the fold; the run ends and its caller raises this
            self.failure = error
            self._on_failure(error)

    def _drain(self) -> None:
        while self._inbox:
            batch = [self._inbox.popleft() for _ in range(min(_BATCH, len(self._inbox)))]
            self._fold.feed(batch)
            for event in batch:
                self.outcome.feed(event)
                self._last_at_ns = event.at_ns
                self._report(event)
            self.report_findings()

    def _report(self, event: AnyEvent) -> None:
        if self._writer.is_full and isinstance(event, _MISSABLE):
            self._unwritten.add(event)
            return
        self._tell_dropped()
        line = self._line(event)
        if line is not None:
            self._writer.put(line)

    def _tell_dropped(self) -> None:
        """Say how many lines are missing here, where some are."""
        unwritten = self._unwritten.take(self._last_at_ns)
        line = None if unwritten is None else self._line(unwritten)
        if line is not None:
            self._writer.put(line)
