"""Puts `experiment` together: a probe that asks, and the exit code."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import structs

from wsmonitor.cli.experiment.output import Output, Printer, writing
from wsmonitor.cli.experiment.words import answer_text, asked_text
from wsmonitor.cli.measuring.door import LOOK_S, Door
from wsmonitor.command_line.running import CHECK_FAILED, FINE, INTERRUPTED, RUNTIME_FAILURE
from wsmonitor.experiments.experiment import AnyExperiment
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.registry import find
from wsmonitor.facts.answers import ExperimentAnswer, verdict_word
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, ExperimentProgress, ExperimentResult
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


def run_experiments(asked: Asked, output: Output) -> int:
    """Ask, write the answers, and return the exit code."""
    with writing(output, asked.endpoints) as run:
        _Asking(asked, run.door, run.printer).run()
    answers = [answer for _, answer in run.printer.answers]
    return run.exit_code(exit_code(answers, strict=output.strict, interrupted=run.door.is_interrupted))


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

    def __init__(self, asked: Asked, door: Door, printer: Printer) -> None:
        self._asked = asked
        self._door = door
        self._printer = printer

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
            self._printer.say(f"{experiment.name}: does not fit into --max any more\n")
            return
        self._printer.say(asked_text(endpoint.name, experiment, bound, hostile=options.hostile))
        self._door.ask(channel.StartExperiment(config=endpoint, name=experiment.name, options=options))
        for event in until_answered(self._door, self._printer, endpoint.name):
            match event:
                case ExperimentResult():
                    self._printer.answer(event, answer_text(event.answer) + "\n")
                case ExperimentProgress() if event.step:
                    self._printer.say_step(f"         ... {event.step}\n")


def until_answered(door: Door, printer: Printer, endpoint: str) -> Iterator[AnyEvent]:
    """What is stated while an experiment runs on the endpoint; its result is the last.

    There is none where somebody interrupts and not even what was found until then comes. Raises `WsmonitorError`
    where the probe ends.
    """
    stop_by_s: float | None = None
    while stop_by_s is None or time.monotonic() < stop_by_s:
        events = door.events(LOOK_S)
        printer.hear(events)
        for event in events:
            yield event
            if isinstance(event, ExperimentResult):
                return
        if door.lost:
            raise WsmonitorError(f"the measuring process ended: {door.lost}")
        if door.is_interrupted and stop_by_s is None:
            stop_by_s = time.monotonic() + STOP_S
            door.ask(channel.StopExperiment(endpoint=endpoint))
