"""How an answer is graded against what was planted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.experiments.strange.habits import Habits
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import ExperimentAnswer, verdict_word

Grade = Literal["right", "missed", "false"]
Found = list[tuple[Grade, str]]
ERROR = 0.05


@dataclass(frozen=True)
class Case:
    """A server, what is asked, and how an answer is graded."""

    experiment: str
    habits: Habits
    options: ExperimentOptions
    grade: Callable[[ExperimentAnswer], Found]


def graded(*, right: bool, told: bool) -> Grade:
    """What is not told is missed; what is told and not right is false."""
    return "right" if right else "false" if told else "missed"


def number(name: str, wanted: float | None, answer: ExperimentAnswer, *, rel: float = ERROR, err: bool = True) -> Found:
    """A number within 5 %, or within the error that the answer states."""
    found, error = answer.value.get(name), answer.error.get(name)
    if not isinstance(found, (int, float)):
        grade: Grade = "right" if wanted is None else "missed" if _is_open(answer) else "false"
        return [(grade, f"{name} {found}, planted {wanted}")]
    slack = rel * (wanted or 0) + (error if err and isinstance(error, (int, float)) else 0)
    right = wanted is not None and abs(found - wanted) <= slack
    return [("right" if right else "false", f"{name} {found} +- {error}, planted {wanted}")]


def _is_open(answer: ExperimentAnswer) -> bool:
    return verdict_word(answer.verdict) in ("inconclusive", "not tested") or answer.status != "completed"


def graded_checks(answer: ExperimentAnswer, wanted: set[str], *, lenient: bool = False) -> Found:
    """Violations planted and found; with `lenient` others are not counted (nothing can be told without pongs)."""
    if not answer.checks:
        return [("missed", answer.verdict)]
    found: Found = []
    for row in answer.checks:
        word = verdict_word(row.verdict)
        if row.id in wanted:
            grade: Grade = (
                "right" if word == "violates" else "missed" if word in ("inconclusive", "not tested") else "false"
            )
            found.append((grade, f"{row.id} planted, {row.verdict}: {row.actual}"))
        elif word == "violates" and not lenient:
            found.append(("false", f"{row.id} not planted, {row.verdict}: {row.actual}"))
        elif word == "inconclusive" and "was not answered" not in row.verdict:
            found.append(("missed", f"{row.id}: {row.verdict} {row.actual}"))
    missing = wanted - {row.id for row in answer.checks}
    return [*found, *(("missed", f"{name}: no such check") for name in missing), ("right", "the others")]
