"""Runs a reconnect audit: a tap in a probe, the client that is pointed at it, faults, and rows as they are found."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from wsmonitor.cli.experiment.junit import junit_xml
from wsmonitor.cli.experiment.scorecard import heads, row_text
from wsmonitor.cli.experiment.session import exit_code, write_file
from wsmonitor.cli.measuring.door import LOOK_S, CommandRefused, Door, open_door
from wsmonitor.cli.measuring.writer import PATIENCE_S, LineWriter, standard_output
from wsmonitor.experiments.reconnect.answer import answer_of, learned_words
from wsmonitor.experiments.reconnect.audit import QUICK, Audit, Order, Pace, most_s, plays_for
from wsmonitor.exports.json.ndjson import Ndjson
from wsmonitor.facts.answers import ExperimentAnswer
from wsmonitor.facts.errors import SettingsError, WsmonitorError
from wsmonitor.facts.events import ClockAnchor, ExperimentResult
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.units import duration

RETURN_S = 5.0
"""A client that is away when the audit is stopped has so long to come back."""


@dataclass(frozen=True, kw_only=True)
class AskedAudit:
    """A tap as it is to listen, and how its client is to be tested."""

    endpoint: EndpointConfig
    quick: bool
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
    if junit is not None:
        document = junit_xml([(asked.endpoint.name, answer)], strict=False, seconds=time.monotonic() - started_s)
        write_file(junit, document)
    return exit_code([answer], strict=False, interrupted=door.is_interrupted)


class _Auditing:
    """One audit, in step with the probe."""

    def __init__(self, asked: AskedAudit, writer: LineWriter, door: Door, *, encoding: str) -> None:
        self._asked = asked
        self._writer = writer
        self._encoding = encoding
        self._door = door
        self._ndjson = Ndjson(WallClock(door.wall_ns - door.start_ns), show_secrets=asked.show_secrets)
        self._pace = QUICK if asked.quick else Pace()
        self._plays = plays_for(quick=asked.quick)
        self._bound_s = most_s(self._plays, self._pace, quick=asked.quick)
        self._audit = Audit(self._plays, self._pace, now_ns=time.monotonic_ns(), quick=asked.quick)
        self._told_rows = 0
        self._told_step = ""

    def run(self) -> ExperimentAnswer:
        """To the end, or until somebody ends it; what was found until then is the answer."""
        self._door.connect([self._asked.endpoint])
        while not (self._audit.is_done or self._door.is_interrupted):
            self._take()
            self._order(self._audit.step(time.monotonic_ns()))
            self._tell()
        if not self._audit.is_done:
            self._order(self._audit.stop("stopped"))
            self._wait_for_client()
        self._tell()
        answer = answer_of(self._audit, bound_s=self._bound_s, interrupted=self._door.is_interrupted)
        self._conclude(answer)
        return answer

    def _take(self) -> None:
        for event in self._door.events(LOOK_S):
            self._audit.take(event)
            if isinstance(event, TapListening):
                self._say(f"your client  point it at {event.url} (in place of {event.upstream})\n")
                self._say(f"bound        at most {duration(self._bound_s * 1e9)}, once it is there\n")
            elif isinstance(event, ClockAnchor):
                self._ndjson.record(event)
        if self._door.lost:
            raise WsmonitorError(f"the measuring process ended: {self._door.lost}")

    def _wait_for_client(self) -> None:
        """The faults are off: let the client come back before the tap goes."""
        until_s = time.monotonic() + RETURN_S
        while self._audit.manner is not None and not self._audit.is_connected and time.monotonic() < until_s:
            self._take()

    def _order(self, orders: list[Order]) -> None:
        for kind, argument in orders:
            self._door.ask(channel.Disrupt(endpoint=self._asked.endpoint.name, kind=kind, argument=argument))

    def _tell(self) -> None:
        """New rows, and on a terminal what is done now."""
        audit = self._audit
        for row in audit.rows[self._told_rows :]:
            if not self._asked.is_json:
                self._put((heads() if not self._told_rows else "") + row_text(row))
            self._told_rows += 1
        playing = audit.playing
        step = f"{playing.title}: {audit.at}" if playing is not None else audit.at
        if step != self._told_step and not audit.is_done:
            if self._told_step == "steady" and playing is not None and not audit.rows:
                self._say("".join(f"learned      {words}\n" for words in learned_words(audit)))
            self._told_step = step
            if sys.stderr is not None and sys.stderr.isatty():
                left = duration(audit.left_s(time.monotonic_ns()) * 1e9)
                sys.stderr.write(f"             ... {step} (at most {left} left)\n")

    def _conclude(self, answer: ExperimentAnswer) -> None:
        state = "connected" if self._audit.is_connected else "not connected"
        if self._asked.is_json:
            event = ExperimentResult(at_ns=time.monotonic_ns(), endpoint=self._asked.endpoint.name, answer=answer)
            line = self._ndjson.line(event)
            assert line is not None
            self._writer.put(line)
            return
        self._put(f"answer       {answer.answer}\n")
        if answer.status != "completed":
            self._put(f"status       {answer.status}\n")
        self._put("".join(f"not told     {words}\n" for words in answer.not_told))
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
