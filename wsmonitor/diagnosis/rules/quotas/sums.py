"""What was sent on connections until they ended: which quota would explain all ends, and how soon they came."""

from collections.abc import Sequence

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import causes

FEW, OF_FEW = 2, 0.7
"""Two ends tell of a quota where both came at once upon a message of ours, and no other did; not for sure."""
_AT_ONCE = 2e-3
_GONE_NS = 3_000_000_000


def volume_range(records: Sequence[ConnectionRecord]) -> tuple[int, int] | None:
    """From and to: a quota in this range was kept before the last message of each, and not after it."""
    if not all(causes(record) for record in records):
        return None
    lowest = max(sum_before(record) for record in records) + 1
    highest = min(sum_sent(record) for record in records)
    return (lowest, highest) if lowest <= highest else None


def sum_sent(record: ConnectionRecord) -> int:
    """All bytes that had left when the end was decided."""
    sent = list(record.last_sent)
    return record.sent_bytes - sum(one.size_bytes for one in sent[len(causes(record)) :])


def sum_before(record: ConnectionRecord) -> int:
    """The same without the last message."""
    return sum_sent(record) - last_size(record)


def last_size(record: ConnectionRecord) -> int:
    """The size of the last message that may have caused the end."""
    return causes(record)[-1].size_bytes


def sent_until(record: ConnectionRecord) -> int:
    """How many messages of ours had left when the end was decided; of an open connection, so far."""
    if record.verdict is None:
        return record.data_tx
    return record.data_tx - len(record.last_sent) + len(causes(record))


def odds_of_waits(records: Sequence[ConnectionRecord]) -> float:
    """How often ends at random moments would all come so soon after a message of ours."""
    odds = 1.0
    for record in records:
        pause_ns = record.life_ns / max(1, sent_until(record))
        waited_ns = record.ended_ns - causes(record)[-1].at_ns
        odds *= min(1.0, 2 * max(waited_ns, 1_000_000) / pause_ns) if pause_ns else 1.0
    return odds


def are_few_but_plain(at_once: Sequence[ConnectionRecord], records: Sequence[ConnectionRecord]) -> bool:
    """True for two ends, of two, that so soon upon a message of ours are no accident."""
    return len(at_once) == len(records) == FEW and odds_of_waits(at_once) <= _AT_ONCE


def took_the_server_along(evidence: Evidence, records: Sequence[ConnectionRecord]) -> bool:
    """True where after most of these ends nothing listened any more: no quota of a connection does that."""
    refused = [one.at_ns for one in evidence.failures if one.event.phase == "tcp"]
    gone = sum(any(0 < at_ns - record.ended_ns <= _GONE_NS for at_ns in refused) for record in records)
    return 2 * gone > len(records)
