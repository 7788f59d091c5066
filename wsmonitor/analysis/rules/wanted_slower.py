"""Where a server says that we come too often, send too much, or used up a quota."""

import re

from wsmonitor.events import OpenFailed, Verdict

_TOO_MUCH = re.compile(
    r"\brate[\s_-]?limit|\brate\b.{0,20}exceed|too many|\bquota|throttl|slow down|flood", re.IGNORECASE
)
_CODES = frozenset({4429})


def asks_to_slow_down(event: OpenFailed) -> bool:
    """True for a failed opening that says so by its status, or in a 4xx or 503 answer."""
    if event.status == 429:
        return True
    if event.status is None or not (400 <= event.status < 500 or event.status == 503):
        return False
    return _TOO_MUCH.search(event.error + " " + event.detail.get("body", "")) is not None


def ended_for_too_much(verdict: Verdict, profile: str) -> bool:
    """True for a Close of the peer that says so by its code or reason."""
    if verdict.initiator != "peer" or verdict.received_code is None or verdict.mechanism != "close_frame":
        return False
    if verdict.received_code in _CODES or (verdict.received_code == 4008 and profile == "discord"):
        return True
    return _TOO_MUCH.search(verdict.received_reason or "") is not None
