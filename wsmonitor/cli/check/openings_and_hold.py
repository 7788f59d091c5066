"""The tests of a check: opening in quick succession, opening at once, and holding for a long time."""

import time
from collections.abc import Callable
from typing import Protocol

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.runs.judge_run import Criterion, judge_opening
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.cli.check.plan import CheckPlan
from wsmonitor.cli.watch.engine_loop import Stop, run_loop
from wsmonitor.cli.watch.reporter import Reporter
from wsmonitor.cli.watch.run import MonitorLike, Plan, Publish, measure
from wsmonitor.cli.watch.writer import LineWriter
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.experiments.churn import churn
from wsmonitor.facts.events import AnyEvent, OpenFailed
from wsmonitor.settings.endpoint_settings import EndpointConfig

CHURN_HOLD_S = 0.25
PARALLEL_HOLD_S = 1.0


class CheckMonitor(MonitorLike, Protocol):
    """What a check needs of `engine.monitor.Monitor`."""

    def stop(self, name: str) -> None: ...


MakeMonitor = Callable[[Publish], CheckMonitor]


def try_opening(
    endpoint: EndpointConfig, name: str, *, rounds: int, parallel: int, hold_s: float, make_monitor: MakeMonitor
) -> Criterion:
    """Whether `parallel` connections open at once, `rounds` times in a row, and live until we close them."""
    found = run_loop(
        churn(
            endpoint,
            rounds=rounds,
            parallel=parallel,
            hold_s=hold_s,
            publish=lambda _: None,
            make_monitor=make_monitor,
        )
    )
    return judge_opening(
        name,
        wanted=rounds * parallel,
        opening_ns=[value for one in found for value in one.opening_ns],
        failures=[failure for one in found for failure in one.failures],
        lost=[verdict for one in found for verdict in one.lost],
        hung=sum(one.hung for one in found),
    )


class Held:
    """What was seen while connections were held; it folds for the reporter as an analyzer does."""

    def __init__(self, plan: CheckPlan) -> None:
        self.start_ns = time.monotonic_ns()
        self.last_failures: dict[str, OpenFailed] = {}
        self.summaries: tuple[EndpointSummary, ...] = ()
        self._analyzer = Analyzer(self.start_ns, time.time_ns())
        for endpoint in plan.endpoints:
            self._analyzer.add_endpoint(endpoint)

    def feed(self, events: list[AnyEvent]) -> None:
        """Fold, and remember why an opening failed."""
        self._analyzer.feed(events)
        self.last_failures |= {event.endpoint: event for event in events if isinstance(event, OpenFailed)}

    def take_finding_changes(self) -> list[FindingChange]:
        """What the diagnosis said since the last call."""
        return self._analyzer.take_finding_changes()

    def end(self) -> None:
        """Sum up."""
        self.summaries = self._analyzer.summary(time.monotonic_ns())


def hold(
    plan: CheckPlan,
    line: Callable[[AnyEvent | FindingChange], bytes | None],
    writer: LineWriter,
    *,
    make_monitor: MakeMonitor,
) -> Held | None:
    """Hold every connection for the plan's time; `None` if the user ended it before."""
    held, stop = Held(plan), Stop()
    reporter = Reporter(held, line, writer, on_failure=stop.because)
    try:
        to_watch = Plan(plan.endpoints, duration_s=plan.duration_s)
        interrupted = run_loop(measure(to_watch, reporter.publish, make_monitor=make_monitor, started=stop.started))
    finally:
        reporter.finish()
    if reporter.failure is not None:
        raise reporter.failure
    held.end()
    return None if interrupted else held
