"""What an experiment answers: a question, a prediction, what was found and how sure that is.

"Did it run" (`status`) and "what did it find" (`verdict`) are two fields. A verdict is one of `VERDICTS`;
`not tested` and `inconclusive` carry their reason: `not tested: the server pushes nothing`.
"""

from typing import Literal, get_args

from msgspec import Struct

from wsmonitor.facts.numbers import Whole

ExperimentStatus = Literal["completed", "aborted", "interrupted", "failed"]
VerdictWord = Literal["as expected", "differs", "violates", "finding", "not tested", "inconclusive"]
VERDICTS: tuple[VerdictWord, ...] = get_args(VerdictWord)
Number = float | int | str | None


def verdict_word(verdict: str) -> VerdictWord:
    """The verdict without its reason. Raises `ValueError` for text that is none."""
    word, _, _ = verdict.partition(":")
    for known in VERDICTS:
        if word == known:
            return known
    raise ValueError(f"expected one of {', '.join(VERDICTS)}, found {word!r}")


class Bound(Struct, frozen=True, kw_only=True):
    """The most that an experiment takes: seconds, openings, connections open at once, bytes sent."""

    time_s: float
    openings: Whole
    connections: Whole
    sent_bytes: Whole


class CheckResult(Struct, frozen=True, kw_only=True):
    """One requirement, what it asks for and what the server did.

    `section` is where it stands: `RFC 6455, 5.1`. `expected` and `actual` are short sentences. `closing` says how
    the connection ended after it, empty where it did not.
    """

    id: str
    verdict: str
    expected: str
    actual: str
    section: str
    closing: str = ""


class ExperimentAnswer(Struct, frozen=True, kw_only=True):
    """What one experiment found.

    `value` and `error` have the same keys, each with its unit in the name; null where there is none up to the
    bound. `sent` is the ledger of what the server was sent. `confidence` is at most 0.95.
    """

    name: str
    question: str
    prediction: str
    bound: Bound
    status: ExperimentStatus
    verdict: str
    answer: str
    value: dict[str, Number] = {}
    error: dict[str, Number] = {}
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    not_told: tuple[str, ...] = ()
    advice: str = ""
    checks: tuple[CheckResult, ...] = ()
    sent: tuple[str, ...] = ()


class ExperimentLine(Struct, frozen=True, kw_only=True):
    """One connection of an experiment, for the picture: when it was opened and, once known, how it ended.

    `group` says what is done on it, `planned_ns` how long. Times are of the monotonic clock.
    """

    number: Whole
    group: str
    opened_ns: Whole
    planned_ns: Whole | None = None
    ended_ns: Whole | None = None
    how: str = ""
