"""Where a server says that we come too often, send too much, or used up a quota."""

import re

from wsmonitor.diagnosis.rules.said.refusal_words import own_words
from wsmonitor.facts.events import OpenFailed, Verdict
from wsmonitor.tables.known_codes import CloseCodes

_TOO_MUCH = re.compile(
    r"\brate[\s_-]?limit|\brate\b.{0,20}(exceed|\bhigh)|too (many|fast|frequent|often)|\bquota|message limit|throttl|"
    r"slow down|flood",
    re.IGNORECASE,
)
_CODES = frozenset({4429})
_LATER = 1013


def asks_to_slow_down(event: OpenFailed) -> bool:
    """True for a failed opening that says so by its status, or in a 4xx or 503 answer."""
    if event.status == 429:
        return True
    if event.status is None or not (400 <= event.status < 500 or event.status == 503):
        return False
    return _TOO_MUCH.search(event.error + " " + event.detail.get("body", "")) is not None


def ended_for_too_much(verdict: Verdict, codes: CloseCodes) -> bool:
    """True for a Close of the peer that says so by its code or reason; the workspace's meaning of a code counts."""
    code = verdict.received_code
    if verdict.initiator != "peer" or code is None or verdict.mechanism != "close_frame":
        return False
    if _TOO_MUCH.search(verdict.received_reason or ""):
        return True
    own = own_words(codes, code)
    if own is not None:
        return _TOO_MUCH.search(own) is not None
    return code in _CODES or (code == 4008 and codes.profile == "discord")


def ended_until_later(verdict: Verdict) -> bool:
    """True for a Close of the peer that only says to try again later (1013, IANA WebSocket close codes)."""
    return verdict.initiator == "peer" and verdict.received_code == _LATER and verdict.mechanism == "close_frame"
