"""Codes and reasons in Close frames that tell who is not wanted, and why.

Where the workspace says what a private code means, that counts, and not what others use the code for.
"""

import re

from wsmonitor.facts.events import Verdict
from wsmonitor.tables.known_codes import CloseCodes

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
_OF_A_MESSAGE = re.compile(
    r"(bad|invalid|malformed|unknown|unexpected|unsupported).{0,3}\b(request|message|payload|command|frame|format|json|"
    r"operation)|\b(parse|parsing|syntax|decod\w+|schema|validation)\b",
    re.IGNORECASE,
)
_REFUSALS = frozenset({1008, 3000, 3003, 4401, 4403})
SERVED_NS = 1_000_000_000
"""Who was served for so long was not refused at the door."""
_DUPLICATES = frozenset({4409})


def says_replaced(verdict: Verdict, codes: CloseCodes) -> bool:
    """True for a Close of the peer that names another connection of the same client as its cause."""
    code = verdict.received_code
    if verdict.initiator != "peer" or code is None:
        return False
    if _REPLACED.search(verdict.received_reason or ""):
        return True
    own = own_words(codes, code)
    return code in _DUPLICATES if own is None else _REPLACED.search(own) is not None


def says_unwanted(verdict: Verdict, codes: CloseCodes) -> bool:
    """True for a Close of the peer that refuses this client by code or by reason."""
    code = verdict.received_code
    if verdict.initiator != "peer" or code is None:
        return False
    if code >= 3000 and names_credentials(verdict):
        return True
    if _OF_A_MESSAGE.search(verdict.received_reason or "") and not names_credentials(verdict):
        return False
    own = own_words(codes, code)
    if own is not None:
        return _AUTH.search(own) is not None
    return code in _REFUSALS or (code == 4004 and codes.profile == "discord")


def is_plain_refusal(verdict: Verdict) -> bool:
    """True for a Close that refuses by its code who was hardly served, or names credentials: no limit explains it."""
    if verdict.initiator != "peer" or verdict.received_code is None:
        return False
    return names_credentials(verdict) or (verdict.received_code in _REFUSALS and verdict.life_ns < SERVED_NS)


def names_credentials(verdict: Verdict) -> bool:
    """True where the reason speaks of credentials or permission."""
    return _AUTH.search(verdict.received_reason or "") is not None


def own_words(codes: CloseCodes, code: int) -> str | None:
    """What the workspace calls this code and says of it; `None` where it says nothing."""
    own = codes.own_row(code)
    return None if own is None else f"{own.name} {own.meaning}"
