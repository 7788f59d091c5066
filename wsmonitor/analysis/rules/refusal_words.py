"""Reasons in Close frames that tell who is not wanted, and why."""

import re

from wsmonitor.events import Verdict

_AUTH = re.compile(
    r"\bauth|unauthori|forbidden|token|credential|permission|denied|not allowed|expired|\blogin|sign.?in|"
    r"origin|\bjwt\b",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    r"replaced|superseded|duplicate|another (connection|session|client|device|location|tab|login)|"
    r"(newer|new) (connection|session|client)|logged in (elsewhere|from)|already (connected|exists)|"
    r"connected elsewhere|kicked by|session taken",
    re.IGNORECASE,
)
_REFUSALS = frozenset({1008, 3000, 3003, 4401, 4403})
_DUPLICATES = frozenset({4409})


def says_replaced(verdict: Verdict) -> bool:
    """True for a Close of the peer that names another connection of the same client as its cause."""
    if verdict.initiator != "peer" or verdict.received_code is None:
        return False
    return verdict.received_code in _DUPLICATES or _REPLACED.search(verdict.received_reason or "") is not None


def says_unwanted(verdict: Verdict, profile: str) -> bool:
    """True for a Close of the peer that refuses this client by code or by reason."""
    code = verdict.received_code
    if verdict.initiator != "peer" or code is None:
        return False
    if code in _REFUSALS or (code == 4004 and profile == "discord"):
        return True
    return code >= 3000 and names_credentials(verdict)


def names_credentials(verdict: Verdict) -> bool:
    """True where the reason speaks of credentials or permission."""
    return _AUTH.search(verdict.received_reason or "") is not None
