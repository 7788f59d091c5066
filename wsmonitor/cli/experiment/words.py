"""An experiment on a terminal: what is asked, its bound, and the answer."""

from wsmonitor.experiments.experiment import AnyExperiment
from wsmonitor.facts.answers import Bound, CheckResult, ExperimentAnswer, verdict_word
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import counted, duration, percent, size

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
    text = _line("asks", f"{visible(endpoint)}: {experiment.question}") + _line("bound", bound_words(bound))
    if hostile and experiment.sends_malformed:
        text += _line("hostile", "malformed frames are sent: they leave errors in the server's log")
    if experiment.leaves_unfinished:
        text += _line("sends", "beginnings of messages that never end: they may leave errors in the server's log")
    return text


def bound_words(bound: Bound) -> str:
    """`at most 3 min 10 s, 21 connections at once, 60 in all, 12.3 kB sent`."""
    return (
        f"at most {duration(bound.time_s * 1e9)}, {counted(bound.connections, 'connection')} at once,"
        f" {bound.openings} in all, {size(bound.sent_bytes)} sent"
    )


def answer_text(answer: ExperimentAnswer) -> str:
    """What is said at the end."""
    text = _line("expects", answer.prediction)
    text += _line("answer", answer.answer)
    if answer.status != "completed":
        text += _line("status", answer.status)
    text += "".join(map(_check, answer.checks)) or "".join(_line("", row) for row in answer.evidence)
    if not answer.verdict.startswith(("not tested", "inconclusive")):
        text += _line("sure", percent(answer.confidence))
    for not_told in answer.not_told:
        text += _line("not told", not_told)
    if answer.advice:
        text += _line("advice", answer.advice)
    return text + _line("sent", "; ".join(answer.sent))


def _check(check: CheckResult) -> str:
    word = verdict_word(check.verdict)
    reason = check.verdict.partition(": ")[2]
    if word not in ("violates", "differs"):
        return _line("", f"{check.id}: {_MARKS[word]}: {reason or check.actual}")
    return (
        _line("", f"{check.id}: {_MARKS[word]}")
        + _line("", f"  expected {check.expected} ({check.section})")
        + _line("", f"  actual   {check.actual}")
    )


def _line(head: str, text: str) -> str:
    return f"{head:<{WIDTH}}{visible(text, 2000)}\n" if text else ""
