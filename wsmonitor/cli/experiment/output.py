"""Where the answers of experiments go: stdout in one of three forms, a recording, and JUnit XML."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wsmonitor.cli.experiment.junit import junit_xml
from wsmonitor.cli.measuring.door import Door, open_door
from wsmonitor.cli.measuring.writer import PATIENCE_S, LineWriter, standard_output
from wsmonitor.cli.watch.recorded import Recording, start_recording
from wsmonitor.command_line.recording_options import RecordingOrder
from wsmonitor.command_line.running import RUNTIME_FAILURE, complain
from wsmonitor.exports.json.ndjson import Ndjson
from wsmonitor.exports.report.experiments import experiments
from wsmonitor.facts.answers import ExperimentAnswer
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, ClockAnchor, ExperimentResult
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.settings.endpoint_settings import EndpointConfig

NAME = "wsmonitor experiment"
OutputForm = Literal["text", "json", "markdown"]


@dataclass(frozen=True, kw_only=True)
class Output:
    """What was asked for."""

    form: OutputForm = "text"
    junit: Path | None = None
    record: RecordingOrder | None = None
    strict: bool = False
    show_secrets: bool = False


class Printer:
    """Takes what happens, and writes it down as it was asked for."""

    def __init__(self, output: Output, door: Door, writer: LineWriter, encoding: str, record: Recording | None) -> None:
        self.answers: list[tuple[str, ExperimentAnswer]] = []
        self._form = output.form
        self._writer = writer
        self._encoding = encoding
        self._record = record
        self._ndjson = Ndjson(WallClock(door.wall_ns - door.start_ns), show_secrets=output.show_secrets)

    def hear(self, events: list[AnyEvent]) -> None:
        """Everything that the probe states, in order."""
        for event in events:
            if isinstance(event, ClockAnchor):
                self._ndjson.record(event)
        if self._record is not None:
            self._record.feed(events)

    def say(self, text: str) -> None:
        """What is said beforehand: on stdout, or on stderr where stdout is for something else."""
        if self._form == "text":
            self.put(text)
        elif sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()

    def say_step(self, text: str) -> None:
        """What is done now, where somebody looks on."""
        if sys.stderr is not None and sys.stderr.isatty():
            sys.stderr.write(text)

    def put(self, text: str) -> None:
        """A part of the answer for people, which only they get."""
        if self._form == "text":
            self._write(text)

    def answer(self, result: ExperimentResult, text: str) -> None:
        """An answer: `text` is its form for people."""
        self.answers.append((result.endpoint, result.answer))
        match self._form:
            case "text":
                self._write(text)
            case "markdown":
                self._write("\n".join(experiments([result])))
            case "json":
                line = self._ndjson.line(result)
                assert line is not None
                self._writer.put(line)

    def _write(self, text: str) -> None:
        self._writer.put(text.encode(self._encoding, "backslashreplace"))


class Run:
    """One run of the command, whose `exit_code` is known once it is over."""

    def __init__(self, door: Door, printer: Printer) -> None:
        self.door = door
        self.printer = printer
        self.is_recorded = True

    def exit_code(self, code: int) -> int:
        """`code`, unless all went well and only the recording did not."""
        return code if self.is_recorded else code or RUNTIME_FAILURE


@contextmanager
def writing(output: Output, endpoints: Sequence[EndpointConfig]) -> Iterator[Run]:
    """A probe, and somebody who writes down what it answers; JUnit comes at the end.

    Raises `WsmonitorError` where a file cannot be written.
    """
    descriptor, encoding = standard_output()
    writer = LineWriter(descriptor)
    started_s = time.monotonic()
    record: Recording | None = None
    try:
        with open_door() as door:
            if output.record is not None:
                record = start_recording(output.record, door, endpoints, complain=_complain)
            run = Run(door, Printer(output, door, writer, encoding, record))
            yield run
    finally:
        if record is not None:
            record.close()
        writer.finish(PATIENCE_S)
    if record is not None and record.has_failed:
        run.is_recorded = False
        _complain("the recording is incomplete")
    if output.junit is not None:
        seconds = time.monotonic() - started_s
        _write_file(output.junit, junit_xml(run.printer.answers, strict=output.strict, seconds=seconds))


def _complain(sentence: str) -> None:
    complain(NAME, sentence)


def _write_file(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise WsmonitorError(f"{path} cannot be written: {error.strerror or error}") from error
