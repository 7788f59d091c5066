"""One sort of message after which connections end a fixed while later: the work that it starts fails, or a timer of it.

The end is too late to answer the message, so it is not its nearness that tells, but that the wait is the same each time
while the ages are not, and that hardly any message of the sort did no harm.
"""

from collections.abc import Sequence

from wsmonitor.diagnosis.connection_record import ConnectionRecord, Sent
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import those
from wsmonitor.diagnosis.rules.patterns.fatal_message import FATAL_SHARE, WINDOW_NS, Suspect, Trigger, may_react

_NEED = 3
_SHARE = 0.7
_LATEST_NS = 8_000_000_000
_ALIKE, _SLACK_NS = 0.06, 60_000_000
_LIVES_APART = 4.0
"""Ages must differ by so much more than the waits: else an age explains as much."""


def late_suspect(evidence: Evidence) -> Suspect | None:
    """The sort of message that ends connections after a fixed wait, if one does."""
    records = those(evidence.unexplained, may_react)
    if len(records) < _NEED:
        return None
    kinds = {sent.kind for record in records for sent in record.last_sent if sent.kind}
    found = [one for kind in kinds if (one := _suspect(evidence, kind, records, len(kinds))) is not None]
    return min(found, key=lambda one: one.chance, default=None)


def _suspect(evidence: Evidence, kind: bytes, records: Sequence[ConnectionRecord], kinds: int) -> Suspect | None:
    triggers = [Trigger(record, first) for record in records if (first := _first(record, kind)) is not None]
    if len(triggers) < _NEED:
        return None
    waits = sorted(one.waited_ns for one in triggers)
    middle = waits[len(waits) // 2]
    allowed = max(_SLACK_NS, _ALIKE * middle)
    alike = [one for one in triggers if abs(one.waited_ns - middle) <= allowed]
    if not WINDOW_NS < middle < _LATEST_NS or len(alike) < max(_NEED, _SHARE * len(records)):
        return None
    lives = [one.record.life_ns for one in alike]
    spread = max(one.waited_ns for one in alike) - min(one.waited_ns for one in alike)
    if max(lives) - min(lives) < _LIVES_APART * max(spread, _SLACK_NS // 2):
        return None
    sent = sum(record.sent_kinds[kind] for record in evidence.all_records) - sum(map(_sent_after, alike))
    if len(alike) < FATAL_SHARE * sent or _is_all(evidence, kind):
        return None
    scale = sum(lives) / len(lives)
    chance = kinds * min(1.0, 2 * max(spread, _SLACK_NS) / scale) ** (len(alike) - 1)
    return Suspect(kind, tuple(alike), sent, min(1.0, chance))


def _first(record: ConnectionRecord, kind: bytes) -> Sent | None:
    """The one that may have begun it: those after it came when it was under way."""
    since_ns = record.ended_ns - _LATEST_NS
    return next((sent for sent in record.last_sent if sent.kind == kind and sent.at_ns >= since_ns), None)


def _sent_after(one: Trigger) -> int:
    return sum(sent.kind == one.sent.kind and sent.ordinal > one.sent.ordinal for sent in one.record.last_sent)


def _is_all(evidence: Evidence, kind: bytes) -> bool:
    """True if nothing else is ever sent: an idle limit explains it."""
    return all(record.sent_kinds.keys() <= {kind} for record in evidence.all_records)
