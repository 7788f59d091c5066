"""Which closures a rule of timing may count, and what came right before an ending.

A Close frame with a code that has a meaning of its own explains itself; what is left are ends without a
Close frame, and Close frames that only say "something went wrong" or "you were quiet".
"""

import re
from collections.abc import Callable, Sequence

from wsmonitor.diagnosis.connection_record import ConnectionRecord, Sent
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.facts.events import Verdict

QUIET_REASON = re.compile(r"\bidle|inactiv|time[d ]?-?\s?out|no (data|activity|message)", re.IGNORECASE)
_VAGUE = frozenset({1005, 1006, 1011, 1014, 3008})
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
    if is_abnormal(verdict):
        return True
    if verdict.mechanism != "close_frame" or verdict.initiator != "peer":
        return False
    code = verdict.received_code or 1005
    if QUIET_REASON.search(verdict.received_reason or ""):
        return True
    return code in _VAGUE or (4000 <= code <= 4999)


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


def serials(records: Sequence[ConnectionRecord]) -> tuple[int, ...]:
    """What identifies a list of ended connections."""
    return tuple([record.serial for record in records])
