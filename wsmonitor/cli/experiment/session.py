"""Puts `experiment` together: a probe that asks, answers on stdout and in a file, and the exit code."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from msgspec import structs

from wsmonitor.cli.experiment.junit import junit_xml
from wsmonitor.cli.experiment.words import answer_text, asked_text
from wsmonitor.cli.measuring.door import LOOK_S, Door, open_door
from wsmonitor.cli.measuring.writer import PATIENCE_S, LineWriter, standard_output
from wsmonitor.command_line.running import CHECK_FAILED, FINE, INTERRUPTED, RUNTIME_FAILURE
from wsmonitor.experiments.experiment import AnyExperiment
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.registry import find
from wsmonitor.exports.json.ndjson import Ndjson
from wsmonitor.facts.answers import ExperimentAnswer, verdict_word
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import ClockAnchor, ExperimentProgress, ExperimentResult
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig

STOP_S = 10.0
"""So long after Ctrl+C we wait for what was found."""
SLACK_S = 25.0
"""Bounds may be so much longer than what is left: they include the time to end."""


@dataclass(frozen=True)
class Asked:
    """Which questions are put to whom."""

    endpoints: tuple[EndpointConfig, ...]
    names: tuple[str, ...]
    options: ExperimentOptions
    private: frozenset[str] = frozenset()
    """Names of endpoints on this machine or in a private network."""
    strict: bool = False
    show_secrets: bool = False


def run_experiments(asked: Asked, *, output_format: Literal["text", "json"], junit: Path | None) -> int:
    """Ask, write the answers to stdout, and return the exit code."""
    descriptor, encoding = standard_output()
    writer = LineWriter(descriptor)
    started_s = time.monotonic()
    try:
        with open_door() as door:
            asking = _Asking(asked, writer, door, encoding=encoding, is_json=output_format == "json")
            asking.run()
    finally:
        writer.finish(PATIENCE_S)
    if junit is not None:
        write_file(junit, junit_xml(asking.answers, strict=asked.strict, seconds=time.monotonic() - started_s))
    return exit_code([answer for _, answer in asking.answers], strict=asked.strict, interrupted=door.is_interrupted)


def exit_code(answers: list[ExperimentAnswer], *, strict: bool, interrupted: bool) -> int:
    """0 done, 3 a MUST (strict: a SHOULD) is not kept or a row is bad, 1 something could not run, 130 interrupted."""
    if interrupted:
        return INTERRUPTED
    failing = ("violates", "differs") if strict else ("violates",)
    verdicts = [verdict for one in answers for verdict in (one.verdict, *(check.verdict for check in one.checks))]
    has_bad_row = any(row.verdict == "bad" for one in answers for row in one.rows)
    if has_bad_row or any(verdict_word(verdict) in failing for verdict in verdicts):
        return CHECK_FAILED
    return RUNTIME_FAILURE if any(one.status == "failed" for one in answers) else FINE


class _Asking:
    """One question after the other, each to one server."""

    def __init__(self, asked: Asked, writer: LineWriter, door: Door, *, encoding: str, is_json: bool) -> None:
        self.answers: list[tuple[str, ExperimentAnswer]] = []
        self._asked = asked
        self._writer = writer
        self._encoding = encoding
        self._is_json = is_json
        self._ndjson = Ndjson(WallClock(door.wall_ns - door.start_ns), show_secrets=asked.show_secrets)
        self._door = door

    def run(self) -> None:
        """Ask everything, or what was asked until somebody ended it."""
        self._door.wait_for_probe()
        for endpoint in self._asked.endpoints:
            deadline_s = time.monotonic() + self._asked.options.max_s
            for name in self._asked.names:
                if self._door.is_interrupted:
                    return
                left_s = deadline_s - time.monotonic()
                # Of several each gets half of what is left: the last ones take as much as they are given.
                self._ask(endpoint, find(name), left_s=left_s if name == self._asked.names[-1] else left_s / 2)

    def _ask(self, endpoint: EndpointConfig, experiment: AnyExperiment, *, left_s: float) -> None:
        options = self._asked.options
        is_one_of_all = len(self._asked.names) > 1
        if is_one_of_all:
            options = structs.replace(options, max_s=max(1.0, left_s))
        bound = experiment.bound(options, endpoint.name in self._asked.private)
        if is_one_of_all and (left_s < experiment.least_s or bound.time_s > left_s + SLACK_S):
            self._say(f"{experiment.name}: does not fit into --max any more\n")
            return
        self._say(asked_text(endpoint.name, experiment, bound, hostile=options.hostile))
        self._door.ask(channel.StartExperiment(config=endpoint, name=experiment.name, options=options))
        result: ExperimentResult | None = None
        stop_by_s: float | None = None
        while result is None:
            result = self._take()
            if self._door.is_interrupted and stop_by_s is None:
                stop_by_s = time.monotonic() + STOP_S
                self._door.ask(channel.StopExperiment(endpoint=endpoint.name))
            if stop_by_s is not None and time.monotonic() > stop_by_s:
                return
        self.answers.append((endpoint.name, result.answer))
        if self._is_json:
            line = self._ndjson.line(result)
            assert line is not None
            self._writer.put(line)
        else:
            self._writer.put((answer_text(result.answer) + "\n").encode(self._encoding, "backslashreplace"))

    def _take(self) -> ExperimentResult | None:
        for event in self._door.events(LOOK_S):
            match event:
                case ExperimentResult():
                    return event
                case ClockAnchor():
                    self._ndjson.record(event)
                case ExperimentProgress() if event.step and sys.stderr is not None and sys.stderr.isatty():
                    sys.stderr.write(f"         ... {event.step}\n")
        if self._door.lost:
            raise WsmonitorError(f"the measuring process ended: {self._door.lost}")
        return None

    def _say(self, text: str) -> None:
        """What is said beforehand: on stdout, or on stderr where stdout is for records."""
        if not self._is_json:
            self._writer.put(text.encode(self._encoding, "backslashreplace"))
        elif sys.stderr is not None:
            sys.stderr.write(text)


def write_file(path: Path, data: bytes) -> None:
    """Write it. Raises `WsmonitorError` where that cannot be done."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise WsmonitorError(f"{path} cannot be written: {error.strerror or error}") from error
