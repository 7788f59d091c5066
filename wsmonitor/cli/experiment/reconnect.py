"""Tests somebody's own client: a tap in a probe, which runs the audit, and rows as they are found."""

from wsmonitor.cli.experiment.output import Output, Printer, writing
from wsmonitor.cli.experiment.session import exit_code, until_answered
from wsmonitor.cli.measuring.door import CommandRefused
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.reconnect.answer import NAME, learned_words
from wsmonitor.facts.answers import AuditStep, ExperimentAnswer, ReconnectRow
from wsmonitor.facts.errors import SettingsError
from wsmonitor.facts.events import AnyEvent, ExperimentProgress, ExperimentResult
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import duration
from wsmonitor.text.wording.reconnect_words import HEADS, MARKS, row_cells


def run_reconnect(endpoint: EndpointConfig, options: ExperimentOptions, output: Output) -> int:
    """Test the client that comes to the tap `endpoint`, write what it did, and return the exit code."""
    with writing(output, [endpoint]) as run:
        told = _Told(run.printer)
        try:
            run.door.connect([endpoint])
            run.door.ask(channel.StartExperiment(config=endpoint, name=NAME, options=options))
            for event in until_answered(run.door, run.printer, endpoint.name):
                told.show(event)
        except CommandRefused as error:
            raise SettingsError([str(error)]) from error
    answers = [answer for _, answer in run.printer.answers]
    return run.exit_code(exit_code(answers, strict=False, interrupted=run.door.is_interrupted))


class _Told:
    """What was said of one audit so far."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._last: AuditStep | None = None
        self._rows = 0

    def show(self, event: AnyEvent) -> None:
        """Say what is new: where to come, what was learned, a row, the answer."""
        match event:
            case TapListening():
                self._printer.say(f"your client  point it at {event.url} (in place of {event.upstream})\n")
            case ExperimentProgress(plan=plan) if plan is not None:
                self._printer.say(f"bound        at most {duration(plan.bound.time_s * 1e9)}, once it is there\n")
            case ExperimentProgress(audit=audit) if audit is not None:
                self._show_step(audit, event.step, event.at_ns)
            case ExperimentResult():
                self._printer.answer(event, self._conclusion(event.answer))

    def _show_step(self, audit: AuditStep, step: str, at_ns: int) -> None:
        if audit.subscription is not None and (self._last is None or self._last.subscription is None):
            self._printer.say(f"learned      {learned_words(audit.subscription)}\n")
        self._last = audit
        if audit.row is not None:
            self._printer.put(("" if self._rows else heads()) + row_text(audit.row))
            self._rows += 1
        elif step:
            likely, most = duration(audit.likely_left_s * 1e9), duration(max(0, audit.ends_by_ns - at_ns))
            self._printer.say_step(f"             ... {step} (about {likely} left, at most {most})\n")

    def _conclusion(self, answer: ExperimentAnswer) -> str:
        status = "" if answer.status == "completed" else f"status       {answer.status}\n"
        not_told = "".join(f"not told     {words}\n" for words in answer.not_told)
        state = "connected" if self._last is not None and self._last.is_connected else "not connected"
        return f"answer       {answer.answer}\n{status}{not_told}your client  is {state}; the tap ends now\n"


_WIDTHS = (18, 9, 11, 13, 8, 8, 9, 12, 17)


def heads() -> str:
    """The line above the rows."""
    return _line(HEADS)


def row_text(row: ReconnectRow) -> str:
    """A line of numbers, and the sentence below it."""
    return f"{_line(row_cells(row))}  {MARKS[row.verdict]}: {visible(row.sentence, 500)}\n"


def _line(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip() + "\n"
