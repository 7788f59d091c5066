"""Which closures a rule of timing may count, and what came right before an ending.

A code is a word of the peer: servers end their timers with 1000 and 1011, 1008 and 4999 alike. Only the codes that
name a message as the cause are left out. What ended in one moment is one sample: one restart proves no limit.
"""

import re
from collections.abc import Callable, Sequence

from wsmonitor.diagnosis.connection_record import ConnectionRecord, Sent
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.facts.events import REGULAR_CODES, Verdict
from wsmonitor.text.plain_text import visible

QUIET_REASON = re.compile(r"\bidle|inactiv|time[d ]?-?\s?out|no (data|activity|message)", re.IGNORECASE)
_CREDENTIALS = r"\b(token|jwt|credentials?|access|auth\w*|ticket|(api.?)?key)\b"
_EXPIRED = re.compile(rf"{_CREDENTIALS}.{{0,40}}\bexpir|\bexpir.{{0,40}}{_CREDENTIALS}", re.IGNORECASE)
_OF_A_MESSAGE = frozenset({1002, 1003, 1007, 1009, 1010, 1015})
"""Codes that put the end down to what was said, not to when."""
_BROKEN_CLOSES = frozenset({"invalid status code", "close frame too short"})
_REGULARLY = 0.85
"""How much is left of a limit where every end was a regular one: work that is done ends like this as well."""
MOMENT_NS = 250_000_000
"""What ends within so much of another ended with it."""
_REACTION_FLOOR_NS = 25_000_000
_REACTION_CAP_NS = 250_000_000
_ON_ITS_WAY = 0.5
"""Of the quickest round trip: an end that follows a message sooner cannot answer it."""
_LOOP_NS = 1_000_000
"""A round trip as we measure it holds so much of our own loop, which the end does not wait for."""


def is_abnormal(verdict: Verdict) -> bool:
    """True for an end without a Close frame that was not our own decision."""
    return verdict.received_code is None and verdict.initiator != "local" and verdict.mechanism in ("fin", "rst")


def may_be_timed(verdict: Verdict) -> bool:
    """True where a timer may have ended the connection: no Close, or one that names no other cause."""
    if is_abnormal(verdict) or is_broken_close(verdict):
        return True
    if verdict.mechanism != "close_frame" or verdict.initiator != "peer":
        return False
    return (verdict.received_code or 1005) not in _OF_A_MESSAGE


def is_broken_close(verdict: Verdict) -> bool:
    """True for a Close frame that says no valid code: the peer meant to close all the same."""
    return verdict.mechanism == "protocol_error" and (verdict.sent_reason or "") in _BROKEN_CLOSES


def weight_of_codes(records: Sequence[ConnectionRecord]) -> float:
    """What the codes leave of a limit: less where all ends were regular and none names a time."""
    verdicts = [record.verdict for record in records if record.verdict is not None]
    is_regular = all(verdict.received_code in REGULAR_CODES for verdict in verdicts)
    names_time = any(QUIET_REASON.search(verdict.received_reason or "") for verdict in verdicts)
    return _REGULARLY if is_regular and not names_time else 1.0


def one_of_each_moment(records: Sequence[ConnectionRecord]) -> list[ConnectionRecord]:
    """The oldest connection of each moment at which some ended, in order."""
    chosen: list[ConnectionRecord] = []
    for record in sorted(records, key=lambda one: one.ended_ns):
        if chosen and record.ended_ns - chosen[-1].ended_ns <= MOMENT_NS and record.slot != chosen[-1].slot:
            if record.life_ns > chosen[-1].life_ns:
                chosen[-1] = record
        else:
            chosen.append(record)
    return chosen


def names_expiry(records: Sequence[ConnectionRecord]) -> bool:
    """True where most ends say that credentials expired, which no traffic puts off. A session's end may be idleness."""
    reasons = [record.verdict.received_reason or "" for record in records if record.verdict is not None]
    return 2 * sum(_EXPIRED.search(one) is not None and not QUIET_REASON.search(one) for one in reasons) > len(records)


def reaction_ns(record: ConnectionRecord) -> int:
    """How soon after our message an answer to it may end the connection: two round trips and a little."""
    round_trip_ns = record.round_trip_ns
    return min(_REACTION_CAP_NS + round_trip_ns, _REACTION_FLOOR_NS + 2 * round_trip_ns)


def causes(record: ConnectionRecord) -> list[Sent]:
    """The last messages of ours, without those that left when the end was already on its way to us."""
    latest_ns = record.ended_ns - round(_ON_ITS_WAY * max(0, record.quickest_ns - _LOOP_NS))
    sent = list(record.last_sent)
    while sent and sent[-1].at_ns > latest_ns:
        sent.pop()
    return sent


def ended_upon_our_bytes(record: ConnectionRecord) -> bool:
    """True where the end followed our last bytes so closely that it may be the answer to them."""
    assert record.verdict is not None
    return record.data_tx + len(record.pings_ns) > 0 and record.verdict.silence_tx_ns <= reaction_ns(record)


def those(records: Sequence[ConnectionRecord], holds: Callable[[Verdict], bool]) -> list[ConnectionRecord]:
    """The records whose verdict fulfils a condition."""
    return [record for record in records if record.verdict is not None and holds(record.verdict)]


def timed(evidence: Evidence) -> list[ConnectionRecord]:
    """The unexplained closures that a timer may have caused."""
    unexplained = evidence.unexplained
    return evidence.remember("timed", serials(unexplained), lambda: those(unexplained, may_be_timed))


def said_words(records: Sequence[ConnectionRecord]) -> str:
    """` (the server says “idle”)` with the newest reason that one of these ends gave, or nothing."""
    verdicts = [record.verdict for record in records if record.verdict is not None]
    said = next((verdict.received_reason for verdict in reversed(verdicts) if verdict.received_reason), "")
    return f" (the server says “{visible(said, 60)}”)" if said else ""


def serials(records: Sequence[ConnectionRecord]) -> tuple[int, ...]:
    """What identifies a list of ended connections."""
    return tuple([record.serial for record in records])
