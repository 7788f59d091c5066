"""Pure: what follows a closure or a failed opening: dial again, dial slowly, or stop."""

import re
from typing import Literal

from wsmonitor.facts.events import Verdict
from wsmonitor.settings.endpoint_settings import RetryConfig, RetryRule, to_ns
from wsmonitor.tables.close_codes import close_code
from wsmonitor.tables.known_codes import CloseCodes
from wsmonitor.tables.profiles import Course
from wsmonitor.text.linear_regex import contains

FATAL_STATUSES = frozenset({400, 401, 403, 404, 405, 410, 426, 451})
"""Answers that the same request will get again (RFC 9110, 15.5)."""

_SLOW_REASON = re.compile(r"rate|too many|quota", re.IGNORECASE)
_TIMED_REASON = re.compile(
    r"\bidle|inactiv|time[d ]?-?\s?out|no (data|activity|message)|\bping|\bduration|\bage\b", re.IGNORECASE
)
_UNWANTED_REASON = re.compile(
    r"\bauth(?!.{0,20}time)|unauthori|forbidden|token|credential|permission|denied|not allowed|origin|policy",
    re.IGNORECASE,
)
_EXPIRED = re.compile(r"\bexpir", re.IGNORECASE)
_REFUSALS = frozenset({1008, 3000, 3003})
_PERHAPS_REFUSALS = frozenset({4401, 4403})
"""Private codes that many servers use as HTTP uses 401 and 403. They may mean anything, so nobody stops for them."""
_SERVED_NS = to_ns(1)


AfterClose = Course | Literal["look"]
"""`look`: a refusal that does not say what it refuses; nobody dials on, but one sample is no proof of a policy."""


def after_close(
    config: RetryConfig, codes: CloseCodes, verdict: Verdict, *, served: frozenset[int] = frozenset()
) -> AfterClose:
    """The course after a connection ended. `served`: codes with which connections ended that had been served a while.

    Code rules apply only to a Close that the peer sent first and nobody forced. User rules come
    first, then what the user says of the code itself, then the profile, then the table of codes; what
    none of them knows is retried.
    """
    if verdict.forced is not None or verdict.initiator != "peer" or verdict.mechanism != "close_frame":
        return "retry"
    code, reason = verdict.received_code or 0, verdict.received_reason or ""
    for rule in config.rule:
        if _matches(rule, code, reason):
            return rule.then
    known = codes.course(code)
    if known is not None:
        return known
    if code == 1002 or code in _PERHAPS_REFUSALS or (code == 1008 and _SLOW_REASON.search(reason)):
        return "slow"
    if code in _REFUSALS and (code in served or was_served(verdict)):
        if _EXPIRED.search(reason):
            return "slow"
        if not _UNWANTED_REASON.search(reason):
            return "retry" if _TIMED_REASON.search(reason) else "slow"
    registered = close_code(code)
    if registered is None or registered.reconnect != "no":
        return "retry"
    return "look" if code in _REFUSALS and not _UNWANTED_REASON.search(reason) else "stop"


def was_served(verdict: Verdict) -> bool:
    """True for a connection that was not refused at its opening: a limit ended it, and the next one opens as well."""
    return verdict.life_ns >= _SERVED_NS


def _matches(rule: RetryRule, code: int, reason: str) -> bool:
    codes = code_ranges(rule.codes)
    return (not codes or any(low <= code <= high for low, high in codes)) and bool(
        not rule.reason or contains(reason, rule.reason)
    )


def code_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """`4000-4099,1008` -> ((4000, 4099), (1008, 1008)). Raises `ValueError` for anything else."""
    ranges = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        low, dash, high = part.partition("-")
        ranges.append((int(low), int(high) if dash else int(low)))
    return tuple(ranges)
