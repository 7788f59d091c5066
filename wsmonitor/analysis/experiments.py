"""What experiments ask, do and find, for a picture of each: the newest, in the order in which they began."""

from collections import deque
from dataclasses import dataclass

from wsmonitor.facts.answers import AuditStep, ExperimentAnswer, ExperimentLine, ExperimentPlan, ReconnectRow
from wsmonitor.facts.events import ExperimentProgress, ExperimentResult

KEPT = 40
LINES = 400
"""So many connections of one experiment are kept; a polite one has fewer."""
ROWS = 100


@dataclass(frozen=True)
class ExperimentView:
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
        self._runs: deque[_Run] = deque(maxlen=KEPT)
        self._count = 0
        self._view: tuple[ExperimentView, ...] | None = ()

    def progress(self, event: ExperimentProgress) -> None:
        """Something is done; the first word of an experiment begins its picture."""
        run = self._running(event.endpoint, event.name) or self._begin(event.endpoint, event.name, event.at_ns)
        run.plan = event.plan or run.plan
        run.step = event.step or run.step
        if event.audit is not None:
            run.audit = event.audit
            if event.audit.row is not None and len(run.rows) < ROWS:
                run.rows.append(event.audit.row)
        line = event.line
        if line is not None and (line.number in run.lines or len(run.lines) < LINES):
            run.lines[line.number] = line
        self._view = run.view = None

    def result(self, event: ExperimentResult) -> None:
        """It has ended; a result without progress, of a recording that began late, is a picture too."""
        answer = event.answer
        run = self._running(event.endpoint, answer.name) or self._begin(event.endpoint, answer.name, event.at_ns)
        run.answer, run.ended_ns = answer, event.at_ns
        run.rows = list(answer.rows) or run.rows
        self._view = run.view = None

    def lose(self, at_ns: int) -> None:
        """The measuring process is gone, and with it whoever asked."""
        for run in self._runs:
            if run.ended_ns is None:
                run.ended_ns, run.lost = at_ns, True
                self._view = run.view = None

    def views(self) -> tuple[ExperimentView, ...]:
        """All that are kept, oldest first; the same object while nothing changed."""
        if self._view is None:
            self._view = tuple([run.shown() for run in self._runs])
        return self._view

    def _running(self, endpoint: str, name: str) -> "_Run | None":
        return next((run for run in self._runs if run.is_of(endpoint, name) and run.ended_ns is None), None)

    def _begin(self, endpoint: str, name: str, at_ns: int) -> "_Run":
        self._count += 1
        run = _Run(self._count, endpoint, name, at_ns)
        self._runs.append(run)
        return run


class _Run:
    def __init__(self, number: int, endpoint: str, name: str, started_ns: int) -> None:
        self.plan: ExperimentPlan | None = None
        self.step = ""
        self.lines: dict[int, ExperimentLine] = {}
        self.audit: AuditStep | None = None
        self.rows: list[ReconnectRow] = []
        self.answer: ExperimentAnswer | None = None
        self.ended_ns: int | None = None
        self.lost = False
        self.view: ExperimentView | None = None
        self._number, self._endpoint, self._name, self._started_ns = number, endpoint, name, started_ns

    def is_of(self, endpoint: str, name: str) -> bool:
        return (self._endpoint, self._name) == (endpoint, name)

    def shown(self) -> ExperimentView:
        if self.view is None:
            self.view = ExperimentView(
                number=self._number,
                endpoint=self._endpoint,
                name=self._name,
                started_ns=self._started_ns,
                plan=self.plan,
                step=self.step,
                lines=tuple(self.lines.values()),
                audit=self.audit,
                rows=tuple(self.rows),
                answer=self.answer,
                ended_ns=self.ended_ns,
                lost=self.lost,
            )
        return self.view
