"""Puts `watch` together: engine in this thread, fold and printing in their own, the exit code at the end."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click

from wsmonitor.cli.watch.engine_loop import Stop, engine, run_loop
from wsmonitor.cli.watch.outcome import Level
from wsmonitor.cli.watch.recorded import Recording
from wsmonitor.cli.watch.reporter import Fold, Reporter
from wsmonitor.cli.watch.run import MonitorLike, Plan, Publish, measure
from wsmonitor.cli.watch.summary import summary_text
from wsmonitor.cli.watch.text import TextLines
from wsmonitor.cli.watch.writer import LineWriter
from wsmonitor.command_line.running import CHECK_FAILED, FINE, INTERRUPTED, RUNTIME_FAILURE, complain
from wsmonitor.diagnosis.findings import FindingChange
from wsmonitor.exports.json.ndjson import Ndjson, encode_line
from wsmonitor.facts.events import AnyEvent
from wsmonitor.facts.wall_clock import WallClock

if TYPE_CHECKING:
    from wsmonitor.analysis.analyzer import Analyzer

PATIENCE_S = 2.0
"""A reader that takes nothing for so long after the end does not get the rest."""


@dataclass(frozen=True)
class Output:
    """How and where to write."""

    descriptor: int = 1
    format: Literal["text", "json"] = "text"
    encoding: str = "utf-8"
    colour: bool = False
    quiet: bool = False
    show_secrets: bool = False
    details: bool = False
    """What is known at each layer, below closures and failed openings."""
    table: bool = False
    """A live table instead of a line for every event; needs a terminal."""


def run_session(
    plan: Plan,
    output: Output,
    *,
    fail_on: Level | None = None,
    recording: Recording | None = None,
    make_monitor: Callable[[Publish], MonitorLike] | None = None,
) -> int:
    """Watch as planned, write events and a summary for each endpoint, and return the exit code.

    Raises `RecordingError` before the first dial where the recording cannot begin.
    """
    from wsmonitor.analysis.analyzer import Analyzer

    start_ns, wall_ns = time.monotonic_ns(), time.time_ns()
    analyzer = Analyzer(start_ns, wall_ns)
    for endpoint in plan.endpoints:
        analyzer.add_endpoint(endpoint)
    ndjson = Ndjson(WallClock(wall_ns - start_ns), show_secrets=output.show_secrets)
    stop = Stop()
    fold: Fold = analyzer
    if recording is not None:
        fold = recording.start(start_ns, wall_ns, tuple(plan.endpoints), analyzer)
    writer = LineWriter(output.descriptor, on_failure=stop.because)
    reporter = Reporter(fold, _wording(plan, output, ndjson, analyzer, writer), writer, on_failure=stop.because)
    interrupted = run_loop(measure(plan, reporter.publish, make_monitor=make_monitor or engine, started=stop.started))
    reporter.finish()
    if reporter.failure is not None:
        _close(recording)
        raise reporter.failure
    now_ns = time.monotonic_ns()
    summaries = analyzer.summary(now_ns)
    reporter.report_findings()
    _close(recording)
    for summary in summaries:
        if output.format == "json":
            writer.put(encode_line(ndjson.summary(summary, now_ns)))
        else:
            writer.put(summary_text(summary).encode(output.encoding, "backslashreplace"))
    writer.finish(PATIENCE_S)
    if interrupted:
        return INTERRUPTED
    if isinstance(writer.failure, BrokenPipeError):  # `| head` has seen enough
        return FINE
    failed = [] if writer.failure is None else [f"stdout cannot be written: {writer.failure.strerror}"]
    if recording is not None and recording.has_failed:
        failed.append("the recording is incomplete")
    is_bad = fail_on is not None and reporter.outcome.reaches(fail_on)
    for failure in failed:
        complain("wsmonitor watch", f"{_verdict(fail_on, is_bad=is_bad)}{failure}")
    if is_bad:
        return CHECK_FAILED
    return RUNTIME_FAILURE if failed else FINE


def _verdict(fail_on: Level | None, *, is_bad: bool) -> str:
    """What `--fail-on` came to, in front of what keeps the exit code or the output from saying so."""
    if fail_on is None:
        return ""
    return f"as bad as --fail-on {fail_on}, and " if is_bad else f"nothing as bad as --fail-on {fail_on}, but "


def _close(recording: Recording | None) -> None:
    if recording is not None:
        recording.close()


def standard_output() -> tuple[int, str]:
    """The descriptor and the encoding of stdout. Raises `click.UsageError` where there is none."""
    try:
        sys.stdout.flush()
        return sys.stdout.fileno(), sys.stdout.encoding or "utf-8"
    except (AttributeError, OSError, ValueError) as error:
        raise click.UsageError("there is no stdout to write to") from error


def _wording(
    plan: Plan, output: Output, ndjson: Ndjson, analyzer: "Analyzer", writer: LineWriter
) -> Callable[[AnyEvent | FindingChange], bytes | None]:
    if output.quiet:
        return lambda _: None
    if output.format == "json":
        return ndjson.line
    text = TextLines(
        WallClock(time.time_ns() - time.monotonic_ns()),
        [endpoint.name for endpoint in plan.endpoints],
        colour=output.colour,
        show_secrets=output.show_secrets,
        encoding=output.encoding,
        codes={endpoint.name: endpoint.codes for endpoint in plan.endpoints},
        details=output.details,
    )
    if not output.table:
        return text.line
    from wsmonitor.cli.watch.table import LiveTable

    table = LiveTable(
        analyzer,
        text,
        descriptor=output.descriptor,
        encoding=output.encoding,
        colour=output.colour,
        may_draw=lambda: writer.is_idle,
    )
    return table.line


def wants_table(descriptor: int) -> bool:
    """A table that is redrawn, where the terminal can."""
    return os.isatty(descriptor) and os.environ.get("TERM", "dumb") != "dumb"


def wants_colour(choice: str, descriptor: int) -> bool:
    """`auto`: only on a terminal, and not where `NO_COLOR` (no-color.org) or `TERM=dumb` ask for none."""
    if choice != "auto":
        return choice == "always"
    return os.isatty(descriptor) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
