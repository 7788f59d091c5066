"""Pure: the rows of an audit -> the answer form that all experiments share. No grade: rows are counted."""

from collections.abc import Sequence

from wsmonitor.experiments.reconnect.audit import Audit
from wsmonitor.facts.answers import Bound, ExperimentAnswer, ExperimentPlan, ExperimentStatus, ReconnectRow
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import counted

NAME = "reconnect"
QUESTION = "does your own client survive what will happen to its connection?"
_PREDICTION = "it notices, waits longer from try to try, comes back, subscribes once and loses nothing"
_ONCE = 0.5
"""Every fault is played once."""
_AFTER_THE_END = "messages written after a RST or FIN: they reach nobody who counts"
_UNSEEN = "tries while nobody listens: the kernel refuses them, and lets only who has CAP_NET_RAW look on"


def plan_of(bound_s: float) -> ExperimentPlan:
    """What is said beforehand; `bound_s` counts from when the client is there."""
    return ExperimentPlan(question=QUESTION, prediction=_PREDICTION, bound=_bound(bound_s))


def answer_of(audit: Audit, *, interrupted: bool) -> ExperimentAnswer:
    """What an audit found, whether or not it came to its end."""
    rows = audit.rows
    counts = {word: sum(row.verdict == word for row in rows) for word in ("ok", "finding", "bad", "not tested")}
    tested = len(rows) - counts["not tested"]
    verdict = "finding" if counts["bad"] or counts["finding"] else "as expected"
    reason = next((row.sentence for row in rows if row.verdict == "not tested"), "")
    value = {word.replace(" ", "_"): count for word, count in counts.items()}
    return ExperimentAnswer(
        name=NAME,
        question=QUESTION,
        prediction=_PREDICTION,
        bound=_bound(audit.bound_s),
        status=_status(tested, interrupted=interrupted, reason="" if audit.was_told_to_stop else reason),
        verdict=verdict if tested else f"not tested: {reason}",
        answer=_sentence(rows, tested) if tested else f"not tested: {reason}",
        value=dict(value),
        error=dict.fromkeys(value),
        confidence=_ONCE if tested else 0.0,
        evidence=() if audit.manner is None else (learned_words(audit.manner.subscription),),
        not_told=(_AFTER_THE_END, *([_UNSEEN] if any(map(_is_unseen, rows)) else [])),
        rows=tuple(rows),
    )


def no_answer(bound_s: float, reason: str) -> ExperimentAnswer:
    """It could not be run to any end."""
    said = f"not tested: {reason}"
    return ExperimentAnswer(
        name=NAME,
        question=QUESTION,
        prediction=_PREDICTION,
        bound=_bound(bound_s),
        status="failed",
        verdict=said,
        answer=said,
    )


def learned_words(subscription: Sequence[str]) -> str:
    """What was learned of the client, for people."""
    said = ", ".join(visible(shape, 200) for shape in subscription)
    return f"first messages: {said or 'none that it does not go on to send'}"


def _is_unseen(row: ReconnectRow) -> bool:
    return row.fault == "refuse" and row.verdict != "not tested" and row.tries_per_minute is None


def _bound(bound_s: float) -> Bound:
    return Bound(time_s=bound_s, openings=0, connections=0, sent_bytes=0)  # of its own it opens and sends nothing


def _status(tested: int, *, interrupted: bool, reason: str) -> ExperimentStatus:
    if interrupted:
        return "interrupted"
    if not tested:
        return "failed"
    return "aborted" if reason else "completed"


def _sentence(rows: Sequence[ReconnectRow], tested: int) -> str:
    bad = [row.fault for row in rows if row.verdict == "bad"]
    told = f"; bad: {', '.join(bad)}" if bad else "; none bad"
    return f"{counted(tested, 'fault')} played{told}"
