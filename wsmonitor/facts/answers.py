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
RowVerdict = Literal["ok", "bad", "finding", "not tested"]
AuditStage = Literal["waiting", "steady", "fault", "recovery", "done"]


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


class Attempts(Struct, frozen=True, kw_only=True):
    """What a client did about one fault, for a picture. All times are seconds since the fault began.

    `tries_s`: when it tried to open, the first of them at least. `open_s`: from when (0 for before) to when its
    connections were open, null at the end for one that still is. `lifted_s`: when the fault was over, null while
    it lasts. Until `watched_s` was looked.
    """

    tries_s: tuple[float, ...] = ()
    open_s: tuple[tuple[float, float | None], ...] = ()
    lifted_s: float | None = None
    watched_s: float = 0.0


class ReconnectRow(Struct, frozen=True, kw_only=True):
    """What a client did about one fault, as a tap saw it; null where that is not known.

    `noticed_s`: the first sign that it noticed (a Close, the end of its TCP connection, a new try). `growth` is the
    median of the later gaps between tries over that of the earlier ones, `jitter` how far gaps stray from a steady
    growth (0.1: 10 %), `cap_s` where it ended. `honoured`: it did what the server asked for, a pause (`Retry-After`) or
    to stop (1008, 4401). `lost` messages went into a dead connection, `again` of them came on a later one, `twice`
    counts messages that the server had already. For `overlap_s` two connections were open at once.
    """

    fault: str
    verdict: RowVerdict
    sentence: str
    noticed_s: float | None = None
    first_try_s: float | None = None
    tries_per_minute: float | None = None
    growth: float | None = None
    jitter: float | None = None
    cap_s: float | None = None
    honoured: bool | None = None
    gave_up: bool | None = None
    back_s: float | None = None
    subscribed: Whole | None = None
    lost: Whole | None = None
    again: Whole | None = None
    twice: Whole | None = None
    overlap_s: float | None = None
    attempts: Attempts | None = None


class AuditStep(Struct, frozen=True, kw_only=True):
    """Where a reconnect audit is.

    `fault` is on (stage `fault`) or was taken back and is being got over (`recovery`), empty in between; `faults_left`
    counts it. `ends_by_ns`, of the monotonic clock: the audit takes no longer; `likely_left_s` is for a client that
    comes back soon. `subscription` is the shapes of the
    client's first messages, null until they are known. `attempts` is about `fault`. `row`: it was judged just now.
    """

    stage: AuditStage
    is_connected: bool
    faults_left: Whole
    ends_by_ns: Whole
    likely_left_s: float = 0.0
    fault: str = ""
    subscription: tuple[str, ...] | None = None
    attempts: Attempts | None = None
    row: ReconnectRow | None = None


class ExperimentPlan(Struct, frozen=True, kw_only=True):
    """What an experiment asks, what it expects by what is known of the server so far, and the most it takes."""

    question: str
    prediction: str
    bound: Bound


class ExperimentAnswer(Struct, frozen=True, kw_only=True):
    """What one experiment found.

    `value` and `error` have the same keys, each with its unit in the name; null where there is none up to the
    bound. `sent` is the ledger of what the server was sent. `confidence` is at most 0.95. `rows` are of an experiment
    that asks about a client: one for each fault.
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
    rows: tuple[ReconnectRow, ...] = ()
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
