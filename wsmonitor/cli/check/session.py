"""Puts `check` together: the tests, their progress, the verdict on stdout and in a file, the exit code."""

import time
from typing import Literal

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.runs.judge_run import Criterion, causes, judge, judge_alert, judge_opening
from wsmonitor.analysis.summary import EndpointSummary
from wsmonitor.cli.check.junit import JunitFile
from wsmonitor.cli.check.progress import Progress
from wsmonitor.cli.check.result import CheckPlan, Result, junit_xml, result_record, result_text
from wsmonitor.cli.measuring.alerting import Alerting
from wsmonitor.cli.measuring.door import Door
from wsmonitor.cli.measuring.reporter import Reporter
from wsmonitor.cli.measuring.run import Plan, measure
from wsmonitor.cli.measuring.writer import PATIENCE_S, LineWriter, standard_output
from wsmonitor.command_line.running import CHECK_FAILED, FINE, INTERRUPTED, RUNTIME_FAILURE, complain
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.experiments.churn import Round
from wsmonitor.exports.json.ndjson import encode_line
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, OpenFailed
from wsmonitor.probe import channel

CHURN_HOLD_S = 0.25
PARALLEL_HOLD_S = 1.0


def run_check(
    plan: CheckPlan,
    door: Door,
    *,
    output_format: Literal["text", "json"] = "text",
    quiet: bool = False,
    junit: JunitFile | None = None,
    alerting: Alerting | None = None,
) -> int:
    """Test, write progress and the verdict to stdout, and return the exit code.

    What cannot be written is said on stderr together with the verdict; a failed check stays one. Raises
    `WsmonitorError` where the measuring process ended meanwhile: nothing is known then.
    """
    descriptor, encoding = standard_output()
    started_s = time.monotonic()
    writer = LineWriter(descriptor)
    try:
        progress = Progress(plan, encoding=encoding, quiet=quiet or output_format == "json")
        results = _results(plan, progress, writer, door, alerting)
        if door.is_interrupted:
            return INTERRUPTED
        if door.lost:
            raise WsmonitorError(f"nothing can be said: the measuring process ended meanwhile ({door.lost})")
        if output_format == "json":
            writer.put(encode_line(result_record(results, round(time.time(), 6))))
        else:
            writer.put("".join(map(result_text, results)).encode(encoding, "backslashreplace"))
    finally:
        writer.finish(PATIENCE_S)
        if alerting is not None:
            alerting.close()
    failures = [] if junit is None else junit.write(junit_xml(results, seconds=time.monotonic() - started_s))
    if writer.failure is not None and not isinstance(writer.failure, BrokenPipeError):  # `| head` has seen enough
        failures.append(f"stdout cannot be written: {writer.failure.strerror}")
    passed = all(result.passed for result in results)
    for failure in failures:
        complain("wsmonitor check", f"the check {'passed' if passed else 'failed'}, but {failure}")
    if not passed:
        return CHECK_FAILED
    return RUNTIME_FAILURE if failures else FINE


def _results(
    plan: CheckPlan, progress: Progress, writer: LineWriter, door: Door, alerting: Alerting | None
) -> list[Result]:
    """One result for each endpoint; of no use where the user ended it or the probe was lost."""
    opening: dict[str, list[Criterion]] = {endpoint.name: [] for endpoint in plan.endpoints}
    for endpoint in plan.endpoints:
        for name, rounds, parallel, hold_s in (
            ("rapid connects", plan.churn, 1, CHURN_HOLD_S),
            ("connects at once", min(1, plan.parallel), plan.parallel, PARALLEL_HOLD_S),
        ):
            if rounds:
                _say(writer, progress.opening(endpoint, name, rounds * parallel))
                command = channel.TryOpening(config=endpoint, rounds=rounds, parallel=parallel, hold_s=hold_s)
                tried = door.answer(command)
                if not isinstance(tried, channel.Tried):
                    return []
                opening[endpoint.name].append(_judged(name, tried.rounds))
    _say(writer, progress.holding(plan))
    if plan.churn or plan.parallel:
        door.connect(plan.endpoints)  # only now; otherwise they dial already
    held = Held(plan, door)
    reporter = Reporter(held, progress.line, writer, judge=alerting)
    measure(Plan(plan.endpoints, duration_s=plan.duration_s), door, reporter.take, is_enough=lambda: bool(door.lost))
    reporter.finish()
    held.end()
    wanted = {endpoint.name: endpoint.connections for endpoint in plan.endpoints}
    results = []
    for summary in held.summaries:
        name = summary.endpoint
        last_failure = held.last_failures.get(name)
        criteria = judge(summary, connections=wanted[name], limits=plan.limits, last_failure=last_failure)
        criteria += _alerts(name, alerting)
        results.append(Result(name, (*opening[name], *criteria), tuple(causes(summary.findings)), summary))
    return results


def _judged(name: str, rounds: list[Round]) -> Criterion:
    return judge_opening(
        name,
        wanted=sum(one.wanted for one in rounds),
        opening_ns=[value for one in rounds for value in one.opening_ns],
        failures=[failure for one in rounds for failure in one.failures],
        lost=[verdict for one in rounds for verdict in one.lost],
        hung=sum(one.hung for one in rounds),
    )


def _alerts(endpoint: str, alerting: Alerting | None) -> list[Criterion]:
    """A criterion for each rule that is about the endpoint."""
    if alerting is None:
        return []
    rules = [rule for rule in alerting.rules if rule.is_about(endpoint)]
    return [judge_alert(rule, alerting.raised.get((endpoint, rule.name), [])) for rule in rules]


def _say(writer: LineWriter, line: bytes | None) -> None:
    if line is not None:
        writer.put(line)


class Held:
    """Folds for the reporter as an analyzer does, and remembers why openings failed."""

    def __init__(self, plan: CheckPlan, door: Door) -> None:
        self.last_failures: dict[str, OpenFailed] = {}
        self.summaries: tuple[EndpointSummary, ...] = ()
        self._analyzer = Analyzer(door.start_ns, door.wall_ns)
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
