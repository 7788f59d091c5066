"""Puts `check` together: the tests, their progress, the verdict on stdout and in a file, the exit code."""

import time
from typing import Literal

from wsmonitor.analysis.runs.judge_run import Criterion, causes, judge
from wsmonitor.cli.check.junit import JunitFile, junit_xml
from wsmonitor.cli.check.openings_and_hold import CHURN_HOLD_S, PARALLEL_HOLD_S, MakeMonitor, hold, try_opening
from wsmonitor.cli.check.plan import CheckPlan, Result
from wsmonitor.cli.check.progress import Progress
from wsmonitor.cli.check.result import result_record, result_text
from wsmonitor.cli.watch.engine_loop import engine
from wsmonitor.cli.watch.session import PATIENCE_S, standard_output
from wsmonitor.cli.watch.writer import LineWriter
from wsmonitor.command_line.running import CHECK_FAILED, FINE, INTERRUPTED, RUNTIME_FAILURE, complain
from wsmonitor.exports.json.ndjson import encode_line


def run_check(
    plan: CheckPlan,
    *,
    output_format: Literal["text", "json"] = "text",
    quiet: bool = False,
    junit: JunitFile | None = None,
    make_monitor: MakeMonitor = engine,
) -> int:
    """Test, write progress and the verdict to stdout, and return the exit code.

    What cannot be written is said on stderr together with the verdict; a failed check stays one.
    """
    descriptor, encoding = standard_output()
    started_s = time.monotonic()
    writer = LineWriter(descriptor, on_failure=lambda _: None)
    try:
        progress = Progress(plan, encoding=encoding, quiet=quiet or output_format == "json")
        results = _results(plan, progress, writer, make_monitor)
        if results is None:
            return INTERRUPTED
        if output_format == "json":
            writer.put(encode_line(result_record(results, round(time.time(), 6))))
        else:
            writer.put("".join(map(result_text, results)).encode(encoding, "backslashreplace"))
    finally:
        writer.finish(PATIENCE_S)
    failures = [] if junit is None else junit.write(junit_xml(results, seconds=time.monotonic() - started_s))
    if writer.failure is not None and not isinstance(writer.failure, BrokenPipeError):  # `| head` has seen enough
        failures.append(f"stdout cannot be written: {writer.failure.strerror}")
    passed = all(result.passed for result in results)
    for failure in failures:
        complain("wsmonitor check", f"the check {'passed' if passed else 'failed'}, but {failure}")
    if not passed:
        return CHECK_FAILED
    return RUNTIME_FAILURE if failures else FINE


def _results(plan: CheckPlan, progress: Progress, writer: LineWriter, make_monitor: MakeMonitor) -> list[Result] | None:
    """One result for each endpoint; `None` if the user ended it."""
    opening: dict[str, list[Criterion]] = {endpoint.name: [] for endpoint in plan.endpoints}
    for endpoint in plan.endpoints:
        for name, rounds, parallel, hold_s in (
            ("rapid connects", plan.churn, 1, CHURN_HOLD_S),
            ("connects at once", min(1, plan.parallel), plan.parallel, PARALLEL_HOLD_S),
        ):
            if rounds:
                _say(writer, progress.opening(endpoint, name, rounds * parallel))
                found = try_opening(
                    endpoint, name, rounds=rounds, parallel=parallel, hold_s=hold_s, make_monitor=make_monitor
                )
                opening[endpoint.name].append(found)
    _say(writer, progress.holding(plan))
    held = hold(plan, progress.line, writer, make_monitor=make_monitor)
    if held is None:
        return None
    wanted = {endpoint.name: endpoint.connections for endpoint in plan.endpoints}
    results = []
    for summary in held.summaries:
        name = summary.endpoint
        last_failure = held.last_failures.get(name)
        criteria = judge(summary, connections=wanted[name], limits=plan.limits, last_failure=last_failure)
        results.append(Result(name, (*opening[name], *criteria), tuple(causes(summary.findings)), summary))
    return results


def _say(writer: LineWriter, line: bytes | None) -> None:
    if line is not None:
        writer.put(line)
