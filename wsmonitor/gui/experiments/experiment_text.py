"""What a card says of an experiment. Pure."""

from collections import Counter

from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.exports.report.experiments import experiments
from wsmonitor.facts.answers import CheckResult, ExperimentAnswer
from wsmonitor.facts.events import ExperimentResult
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import counted, duration, percent, short_duration, size

_LONG = 2000
_STATUS = {
    "completed": "done",
    "aborted": "ended early",
    "interrupted": "stopped",
    "failed": "did not run",
}
MOST_CHECKS = 40


def title(view: ExperimentView) -> str:
    """`idle · shop`."""
    return f"{visible(view.name, 40)} · {visible(view.endpoint, 60)}"


def status(view: ExperimentView, now_ns: int) -> str:
    """`running 1:12 of at most 3:10 · 21 connections`, or how it ended."""
    lasted = short_duration((now_ns if view.ended_ns is None else view.ended_ns) - view.started_ns)
    opened = f" · {counted(len(view.lines), 'connection')}" if view.lines else ""
    if view.lost:
        return f"lost after {lasted}: the measuring process ended{opened}"
    if view.answer is not None:
        return f"{_STATUS[view.answer.status]} · {lasted}{opened}"
    if view.ended_ns is None and view.plan is not None:
        return f"running {lasted} of at most {short_duration(view.plan.bound.time_s * 1e9)}{opened}"
    return f"running {lasted}{opened}"


def question(view: ExperimentView) -> str:
    """What is asked, as a sentence."""
    text = view.answer.question if view.answer is not None else view.plan.question if view.plan is not None else ""
    return visible(text[:1].upper() + text[1:], _LONG)


def prediction(view: ExperimentView) -> str:
    """What is expected, and the most it takes."""
    source = view.answer if view.answer is not None else view.plan
    if source is None:
        return ""
    bound = source.bound
    most = f"{duration(bound.time_s * 1e9)}, {counted(bound.openings, 'opening')}, {size(bound.sent_bytes)} sent"
    expected = f"Expected: {visible(source.prediction, _LONG)}. " if source.prediction else ""
    return f"{expected}At most {most}"


def found(answer: ExperimentAnswer) -> str:
    """The answer and how sure it is, where it is one."""
    text = visible(answer.answer, _LONG)
    if _word(answer.verdict) in ("not tested", "inconclusive"):
        return text
    return f"{text} · {percent(answer.confidence)} sure"


def details(answer: ExperimentAnswer) -> tuple[str, ...]:
    """Evidence, checks, and what was not told, a line each."""
    rows = [f"• {visible(row, _LONG)}" for row in answer.evidence]
    rows += _checks(answer.checks)
    rows += [f"Not told: {visible(row, _LONG)}" for row in answer.not_told]
    return tuple(rows)


def markdown(view: ExperimentView) -> str:
    """The answer to paste into an issue; empty while there is none."""
    if view.answer is None or view.ended_ns is None:
        return ""
    return "\n".join(experiments([ExperimentResult(at_ns=view.ended_ns, endpoint=view.endpoint, answer=view.answer)]))


def _checks(checks: tuple[CheckResult, ...]) -> list[str]:
    """What is wrong in full; of the others how many."""
    words = Counter(_word(check.verdict) for check in checks)
    wrong = [check for check in checks if _word(check.verdict) in ("violates", "differs")]
    rows = [", ".join(f"{count} {word}" for word, count in words.items())] if checks else []
    for check in wrong[:MOST_CHECKS]:
        rows.append(f"• {visible(check.id, 60)} {_word(check.verdict)} ({visible(check.section, 60)})")
        rows.append(f"   expected {visible(check.expected, 300)}; found {visible(check.actual, 300)}")
    return rows


def _word(verdict: str) -> str:
    """The verdict without its reason; a recording may hold any text."""
    return visible(verdict.partition(":")[0], 40)
