"""Pure: what follows a closure or a failed opening: dial again, dial slowly, or stop."""

import re
from typing import Literal

from wsmonitor.config import RetryConfig, RetryRule
from wsmonitor.events import Verdict

Course = Literal["retry", "slow", "stop"]

FATAL_STATUSES = frozenset({400, 401, 403, 404, 405, 410, 426, 451})
"""Answers that the same request will get again (`engine.md` D.6)."""

STOP_CODES = frozenset({1003, 1007, 1008, 1009, 1010, 1015, 3000, 3003})
"""Close codes after which reconnecting unchanged is senseless (`diagnosis.md` A.1)."""

_SLOW_REASON = re.compile(r"rate|too many|quota", re.IGNORECASE)


def after_close(config: RetryConfig, verdict: Verdict) -> Course:
    """The course after a connection ended.

    Code rules apply only to a Close that the peer sent first and nobody forced; user rules come
    before the table of codes.
    """
    if verdict.forced is not None or verdict.initiator != "peer" or verdict.mechanism != "close_frame":
        return "retry"
    code, reason = verdict.received_code or 0, verdict.received_reason or ""
    for rule in config.rule:
        if _matches(rule, code, reason):
            return rule.then
    if code == 1008 and _SLOW_REASON.search(reason):
        return "slow"
    return "stop" if code in STOP_CODES else "retry"


def _matches(rule: RetryRule, code: int, reason: str) -> bool:
    codes = code_ranges(rule.codes)
    return (not codes or any(low <= code <= high for low, high in codes)) and bool(
        not rule.reason or re.search(rule.reason, reason)
    )


def code_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """`4000-4099,1008` -> ((4000, 4099), (1008, 1008)). Raises `ValueError` for anything else."""
    ranges = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        low, dash, high = part.partition("-")
        ranges.append((int(low), int(high) if dash else int(low)))
    return tuple(ranges)
