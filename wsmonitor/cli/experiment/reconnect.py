"""Tests somebody's own client: a tap in a probe, which runs the audit, and rows as they are found."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from wsmonitor.cli.experiment.junit import junit_xml
from wsmonitor.cli.experiment.scorecard import heads, row_text
from wsmonitor.cli.experiment.session import STOP_S, exit_code, write_file
from wsmonitor.cli.measuring.door import LOOK_S, CommandRefused, Door, open_door
from wsmonitor.cli.measuring.writer import PATIENCE_S, LineWriter, standard_output
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.reconnect.answer import NAME, learned_words
from wsmonitor.exports.json.ndjson import Ndjson
from wsmonitor.facts.answers import AuditStep, ExperimentAnswer
from wsmonitor.facts.errors import SettingsError, WsmonitorError
from wsmonitor.facts.events import AnyEvent, ClockAnchor, ExperimentProgress, ExperimentResult
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.units import duration


@dataclass(frozen=True, kw_only=True)
class AskedAudit:
    """A tap as it is to listen, and how its client is to be tested."""

    endpoint: EndpointConfig
    options: ExperimentOptions
    is_json: bool
    show_secrets: bool = False


def run_reconnect(asked: AskedAudit, *, junit: Path | None) -> int:
    """Test the client that comes, write what it did to stdout, and return the exit code."""
    descriptor, encoding = standard_output()
    writer = LineWriter(descriptor)
    started_s = time.monotonic()
    try:
        with open_door() as door:
            auditing = _Auditing(asked, writer, door, encoding=encoding)
            try:
                answer = auditing.run()
            except CommandRefused as error:
                raise SettingsError([str(error)]) from error
    finally:
        writer.finish(PATIENCE_S)
    if answer is None:
        return exit_code([], strict=False, interrupted=True)
    if junit is not None:
        document = junit_xml([(asked.endpoint.name, answer)], strict=False, seconds=time.monotonic() - started_s)
        write_file(junit, document)
    return exit_code([answer], strict=False, interrupted=door.is_interrupted)


class _Auditing:
    """One audit, as the probe tells of it."""

    def __init__(self, asked: AskedAudit, writer: LineWriter, door: Door, *, encoding: str) -> None:
        self._asked = asked
        self._writer = writer
        self._encoding = encoding
        self._door = door
        self._ndjson = Ndjson(WallClock(door.wall_ns - door.start_ns), show_secrets=asked.show_secrets)
        self._answer: ExperimentAnswer | None = None
        self._rows = 0
        self._told: AuditStep | None = None

    def run(self) -> ExperimentAnswer | None:
        """To the end, or until somebody ends it; `None` where not even what was found until then came."""
        endpoint = self._asked.endpoint
        self._door.connect([endpoint])
        self._door.ask(channel.StartExperiment(config=endpoint, name=NAME, options=self._asked.options))
        stop_by_s: float | None = None
        while self._answer is None:
            for event in self._door.events(LOOK_S):
                self._take(event)
            if self._door.lost:
                raise WsmonitorError(f"the measuring process ended: {self._door.lost}")
            if self._door.is_interrupted and stop_by_s is None:
                stop_by_s = time.monotonic() + STOP_S
                self._door.ask(channel.StopExperiment(endpoint=endpoint.name))
            if stop_by_s is not None and time.monotonic() > stop_by_s:
                break
        return self._answer

    def _take(self, event: AnyEvent) -> None:
        match event:
            case ClockAnchor():
                self._ndjson.record(event)
            case TapListening():
                self._say(f"your client  point it at {event.url} (in place of {event.upstream})\n")
            case ExperimentProgress():
                if event.plan is not None:
                    self._say(f"bound        at most {duration(event.plan.bound.time_s * 1e9)}, once it is there\n")
                if event.audit is not None:
                    self._tell(event.audit, event.step, event.at_ns)
            case ExperimentResult():
                self._answer = event.answer
                self._conclude(event)

    def _tell(self, audit: AuditStep, step: str, at_ns: int) -> None:
        """What was learned, a new row, and on a terminal what is done now."""
        if audit.subscription is not None and (self._told is None or self._told.subscription is None):
            self._say(f"learned      {learned_words(audit.subscription)}\n")
        self._told = audit
        if audit.row is not None:
            if not self._asked.is_json:
                self._put((heads() if not self._rows else "") + row_text(audit.row))
            self._rows += 1
        elif step and sys.stderr is not None and sys.stderr.isatty():
            left = duration(max(0, audit.ends_by_ns - at_ns))
            sys.stderr.write(f"             ... {step} (at most {left} left)\n")

    def _conclude(self, result: ExperimentResult) -> None:
        answer = result.answer
        if self._asked.is_json:
            line = self._ndjson.line(result)
            assert line is not None
            self._writer.put(line)
            return
        self._put(f"answer       {answer.answer}\n")
        if answer.status != "completed":
            self._put(f"status       {answer.status}\n")
        self._put("".join(f"not told     {words}\n" for words in answer.not_told))
        state = "connected" if self._told is not None and self._told.is_connected else "not connected"
        self._put(f"your client  is {state}; the tap ends now\n")

    def _put(self, text: str) -> None:
        self._writer.put(text.encode(self._encoding, "backslashreplace"))

    def _say(self, text: str) -> None:
        """What is said beforehand: on stdout, or on stderr where stdout is for records."""
        if not self._asked.is_json:
            self._put(text)
        elif sys.stderr is not None:
            sys.stderr.write(text)
            sys.stderr.flush()
