"""What was sent on connections until they ended, in bytes: which quota would explain all ends."""

from collections.abc import Sequence

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.rules.candidates import causes


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
