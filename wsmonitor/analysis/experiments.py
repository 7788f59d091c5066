"""What experiments ask, do and find, for a picture of each: the newest, in the order in which they began."""

from collections import deque

from msgspec import Struct
from msgspec.structs import replace

from wsmonitor.facts.answers import AuditStep, ExperimentAnswer, ExperimentLine, ExperimentPlan, ReconnectRow
from wsmonitor.facts.events import ExperimentProgress, ExperimentResult

KEPT = 40
LINES = 400
"""So many connections of one experiment are kept; a polite one has fewer."""
ROWS = 100


class ExperimentView(Struct, frozen=True):
    """One experiment as it is at the moment of the snapshot.

    `answer` is there once it has ended by itself or was stopped; `lost` where the measuring process ended first.
    """

    number: int
    endpoint: str
    name: str
    started_ns: int
    plan: ExperimentPlan | None = None
    step: str = ""
    lines: tuple[ExperimentLine, ...] = ()
    audit: AuditStep | None = None
    """Of the experiment about a client: where it is, and what the client does about the fault that is on."""
    rows: tuple[ReconnectRow, ...] = ()
    """Its faults so far, as they were judged."""
    answer: ExperimentAnswer | None = None
    ended_ns: int | None = None
    lost: bool = False

    @property
    def is_running(self) -> bool:
        """True until it has ended, however it did."""
        return self.ended_ns is None


class Experiments:
    """Folds progress and results; on one endpoint runs one at a time."""

    def __init__(self) -> None:
        self._views: deque[ExperimentView] = deque(maxlen=KEPT)
        self._count = 0

    def progress(self, event: ExperimentProgress) -> None:
        """Something is done; the first word of an experiment begins its picture."""
        at = self._running(event.endpoint, event.name, event.at_ns)
        before = self._views[at]
        lines, rows = {line.number: line for line in before.lines}, before.rows
        if event.line is not None and (event.line.number in lines or len(lines) < LINES):
            lines[event.line.number] = event.line
        if event.audit is not None and event.audit.row is not None and len(rows) < ROWS:
            rows = (*rows, event.audit.row)
        self._views[at] = replace(
            before,
            plan=event.plan or before.plan,
            step=event.step or before.step,
            lines=tuple(lines.values()),
            audit=event.audit or before.audit,
            rows=rows,
        )

    def result(self, event: ExperimentResult) -> None:
        """It has ended; a result without progress, of a recording that began late, is a picture too."""
        answer = event.answer
        at = self._running(event.endpoint, answer.name, event.at_ns)
        rows = answer.rows or self._views[at].rows
        self._views[at] = replace(self._views[at], answer=answer, rows=rows, ended_ns=event.at_ns)

    def lose(self, at_ns: int) -> None:
        """The measuring process is gone, and with it whoever asked."""
        for at, view in enumerate(self._views):
            if view.is_running:
                self._views[at] = replace(view, ended_ns=at_ns, lost=True)

    def views(self) -> tuple[ExperimentView, ...]:
        """All that are kept, oldest first; the same objects while nothing changed."""
        return tuple(self._views)

    def _running(self, endpoint: str, name: str, at_ns: int) -> int:
        """The place of the experiment that runs; one that was not heard of begins."""
        for at, view in enumerate(self._views):
            if view.is_running and (view.endpoint, view.name) == (endpoint, name):
                return at
        self._count += 1
        self._views.append(ExperimentView(self._count, endpoint, name, at_ns))
        return len(self._views) - 1
