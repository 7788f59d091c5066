"""Puts `experiment` together: a probe that asks, what is said of each question on a terminal, and the exit code."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import structs

from wsmonitor.cli.experiment.output import Output, Printer, writing
from wsmonitor.cli.measuring.door import LOOK_S, Door
from wsmonitor.command_line.running import CHECK_FAILED, FINE, INTERRUPTED, RUNTIME_FAILURE
from wsmonitor.experiments.experiment import AnyExperiment
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.registry import find
from wsmonitor.facts.answers import Bound, CheckResult, ExperimentAnswer, verdict_word
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, ExperimentProgress, ExperimentResult
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import counted, duration, percent, size

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


WIDTH = 9
_MARKS = {
    "as expected": "ok",
    "finding": "found",
    "differs": "DIFFERS",
    "violates": "VIOLATES",
    "not tested": "not tested",
    "inconclusive": "unclear",
}


def asked_text(endpoint: str, experiment: AnyExperiment, bound: Bound, *, hostile: bool) -> str:
    """What is said before it starts."""
    text = _headed("asks", f"{visible(endpoint)}: {experiment.question}") + _headed("bound", bound_words(bound))
    if hostile and experiment.sends_malformed:
        text += _headed("hostile", "malformed frames are sent: they leave errors in the server's log")
    if experiment.leaves_unfinished:
        text += _headed("sends", "beginnings of messages that never end: they may leave errors in the server's log")
    return text


def bound_words(bound: Bound) -> str:
    """`at most 3 min 10 s, 21 connections at once, 60 in all, 12.3 kB sent`."""
    return (
        f"at most {duration(bound.time_s * 1e9)}, {counted(bound.connections, 'connection')} at once,"
        f" {bound.openings} in all, {size(bound.sent_bytes)} sent"
    )


def answer_text(answer: ExperimentAnswer) -> str:
    """What is said at the end."""
    text = _headed("expects", answer.prediction)
    text += _headed("answer", answer.answer)
    if answer.status != "completed":
        text += _headed("status", answer.status)
    text += "".join(map(_check_text, answer.checks)) or "".join(_headed("", row) for row in answer.evidence)
    if not answer.verdict.startswith(("not tested", "inconclusive")):
        text += _headed("sure", percent(answer.confidence))
    for not_told in answer.not_told:
        text += _headed("not told", not_told)
    if answer.advice:
        text += _headed("advice", answer.advice)
    return text + _headed("sent", "; ".join(answer.sent))


def _check_text(check: CheckResult) -> str:
    word = verdict_word(check.verdict)
    reason = check.verdict.partition(": ")[2]
    if word not in ("violates", "differs"):
        return _headed("", f"{check.id}: {_MARKS[word]}: {reason or check.actual}")
    return (
        _headed("", f"{check.id}: {_MARKS[word]}")
        + _headed("", f"  expected {check.expected} ({check.section})")
        + _headed("", f"  actual   {check.actual}")
    )


def _headed(head: str, text: str) -> str:
    return f"{head:<{WIDTH}}{visible(text, 2000)}\n" if text else ""
