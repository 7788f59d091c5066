"""Puts `watch` together: a probe measures, what it says is folded and printed, the exit code at the end."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.filters.filter import EVENTS, compile_filter
from wsmonitor.cli.measuring.alerting import Alerting
from wsmonitor.cli.measuring.door import Door
from wsmonitor.cli.measuring.reporter import Listener, Reporter
from wsmonitor.cli.measuring.run import Plan, measure
from wsmonitor.cli.measuring.text import TextLines
from wsmonitor.cli.measuring.writer import PATIENCE_S, LineWriter
from wsmonitor.cli.watch.outcome import Outcome
from wsmonitor.cli.watch.recorded import Recording
from wsmonitor.cli.watch.summary import summary_text
from wsmonitor.command_line.running import CHECK_FAILED, FINE, INTERRUPTED, RUNTIME_FAILURE, complain
from wsmonitor.diagnosis.findings import FindingChange, FindingStated, FindingWithdrawn
from wsmonitor.exports.json.ndjson import Ndjson, encode_line
from wsmonitor.facts.events import AnyEvent, ClockAnchor, EndpointEvent
from wsmonitor.facts.wall_clock import WallClock


@dataclass(frozen=True)
class Output:
    """How and where to write."""

    command: str = "wsmonitor watch"
    """Who complains."""
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
    only: str = ""
    """A filter: events that do not pass it have no line."""


def run_session(
    plan: Plan,
    output: Output,
    door: Door,
    *,
    fail_on: Sequence[str] = (),
    recording: Recording | None = None,
    alerting: Alerting | None = None,
) -> int:
    """Watch endpoints that dial, write events and a summary for each, and return the exit code.

    `fail_on` has levels, `alert` for any rule that `alerting` raised, and conditions, which it judges too.
    """
    analyzer = Analyzer(door.start_ns, door.wall_ns)
    for endpoint in plan.endpoints:
        analyzer.add_endpoint(endpoint)
    ndjson = Ndjson(WallClock(door.wall_ns - door.start_ns), show_secrets=output.show_secrets)
    outcome = Outcome()
    listeners: list[Listener] = [outcome]
    if recording is not None:
        listeners.append(recording)
    writer = LineWriter(output.descriptor)
    wording = _wording(plan, output, ndjson, analyzer, writer)
    reporter = Reporter(analyzer, wording, writer, listeners=listeners, judge=alerting)
    try:
        measure(plan, door, reporter.take, is_enough=lambda: writer.failure is not None)
        reporter.finish()
        now_ns = time.monotonic_ns()
        summaries = analyzer.summary(now_ns)
        reporter.report_findings()
    finally:
        if recording is not None:
            recording.close()
        if alerting is not None:
            alerting.close()
    for summary in summaries:
        if output.format == "json":
            writer.put(encode_line(ndjson.summary(summary, now_ns)))
        else:
            writer.put(summary_text(summary).encode(output.encoding, "backslashreplace"))
    writer.finish(PATIENCE_S)
    if door.is_interrupted:
        return INTERRUPTED
    if isinstance(writer.failure, BrokenPipeError):  # `| head` has seen enough
        return FINE
    failed = [] if writer.failure is None else [f"stdout cannot be written: {writer.failure.strerror}"]
    if recording is not None and recording.has_failed:
        failed.append("the recording is incomplete")
    if door.lost:
        failed.append(f"the measuring process ended ({door.lost}): until the next one nothing was seen")
    is_bad = _is_bad(fail_on, outcome, alerting)
    for failure in failed:
        complain(output.command, f"{_verdict(fail_on, is_bad=is_bad)}{failure}")
    if is_bad:
        return CHECK_FAILED
    return RUNTIME_FAILURE if failed else FINE


def _is_bad(fail_on: Sequence[str], outcome: Outcome, alerting: Alerting | None) -> bool:
    """Whether anything came true that `--fail-on` names."""
    if alerting is not None and alerting.reaches(any_rule="alert" in fail_on):
        return True
    return ("warning" in fail_on and outcome.reaches("warning")) or (
        "problem" in fail_on and outcome.reaches("problem")
    )


def _verdict(fail_on: Sequence[str], *, is_bad: bool) -> str:
    """What `--fail-on` came to, in front of what keeps the exit code or the output from saying so."""
    if not fail_on:
        return ""
    named = " or ".join(fail_on)
    return f"as bad as --fail-on {named}, and " if is_bad else f"nothing as bad as --fail-on {named}, but "


def _wording(
    plan: Plan, output: Output, ndjson: Ndjson, analyzer: Analyzer, writer: LineWriter
) -> Callable[[AnyEvent | FindingChange], bytes | None]:
    if output.quiet:
        return lambda _: None
    wanted = compile_filter(output.only, EVENTS) or _any
    if output.format == "json":
        lines = partial(_record_line, ndjson, wanted)
        return ListeningFirst(lines) if any(one.is_tap for one in plan.endpoints) else lines
    text = TextLines(
        WallClock.now(),
        [endpoint.name for endpoint in plan.endpoints],
        colour=output.colour,
        show_secrets=output.show_secrets,
        encoding=output.encoding,
        codes={endpoint.name: endpoint.codes for endpoint in plan.endpoints},
        details=output.details,
        wanted=wanted,
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


class ListeningFirst:
    """The lines of a run with taps: where they listen comes before what is said of the monitor itself."""

    def __init__(self, lines: Callable[[AnyEvent | FindingChange], bytes | None]) -> None:
        self._lines = lines
        self._held: list[bytes] | None = []

    def __call__(self, event: AnyEvent | FindingChange) -> bytes | None:
        """The line of `event`; before the first fact about an endpoint lines wait for it."""
        line = self._lines(event)
        if self._held is None:
            return line
        if not isinstance(event, EndpointEvent):
            self._held += [] if line is None else [line]
            return None
        held, self._held = self._held, None
        return b"".join([line or b"", *held]) or None


def _any(event: AnyEvent) -> bool:
    return True


def _record_line(ndjson: Ndjson, wanted: Callable[[AnyEvent], bool], event: AnyEvent | FindingChange) -> bytes | None:
    """A clock's anchor has no line, but sets the times of all that follow."""
    if isinstance(event, FindingStated | FindingWithdrawn | ClockAnchor) or wanted(event):
        return ndjson.line(event)
    return None


def wants_table(descriptor: int) -> bool:
    """A table that is redrawn, where the terminal can."""
    return os.isatty(descriptor) and os.environ.get("TERM", "dumb") != "dumb"


def wants_colour(choice: str, descriptor: int) -> bool:
    """`auto`: only on a terminal, and not where `NO_COLOR` (no-color.org) or `TERM=dumb` ask for none."""
    if choice != "auto":
        return choice == "always"
    return os.isatty(descriptor) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
