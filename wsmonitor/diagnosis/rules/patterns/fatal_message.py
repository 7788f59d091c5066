"""One sort of message of ours after which connections end: which one, and how rarely chance would do that.

Chance has its share: among many messages, some precede any ending. So a sort is suspected only if nearly all
of its kind were followed by an end, and if ends at random moments would hardly all come so soon after it.
"""

from collections.abc import Iterable

from msgspec import Struct

from wsmonitor.diagnosis.clusters import at_least
from wsmonitor.diagnosis.connection_record import ConnectionRecord, Sent
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import causes, is_abnormal, is_broken_close, those
from wsmonitor.diagnosis.rules.said.refusal_words import is_plain_refusal
from wsmonitor.facts.events import Verdict

FATAL_SHARE = 0.7
"""Of all messages of the sort, so many must have been followed by the end."""
WINDOW_NS = 250_000_000
"""A handler may take so long to fail; the round trip comes on top."""
BURST_NS = 50_000_000
"""What left within so much of another may as well be what was answered."""
_COARSE_NS = 1_000_000
_OTHERS = frozenset({1007, 1009, 1010, 1012, 1013})
_LIVED_BEFORE_NS = 20_000_000


class Trigger(Struct, frozen=True):
    """An ending, and the message of ours that it followed."""

    record: ConnectionRecord
    sent: Sent

    @property
    def waited_ns(self) -> int:
        """From the message to the end."""
        return self.record.ended_ns - self.sent.at_ns

    @property
    def lived_well_before(self) -> bool:
        """True if the connection was more than just opened when the message left."""
        return self.sent.at_ns - self.record.opened_ns > _LIVED_BEFORE_NS + 3 * self.record.round_trip_ns


class Suspect(Struct, frozen=True):
    """A sort of message: the endings that followed one, how many were sent, and the odds of an accident."""

    kind: bytes
    triggers: tuple[Trigger, ...]
    sent: int
    chance: float

    @property
    def share(self) -> float:
        """Of those sent, the part that was followed by the end."""
        return len(self.triggers) / self.sent

    @property
    def waited_ns(self) -> float:
        """From the message to the end, on average: of those that left together, the last one."""
        return sum(trigger.waited_ns for trigger in self.triggers) / len(self.triggers)

    @property
    def ordinals(self) -> set[int]:
        """The how manieth message of its connection it was."""
        return {trigger.sent.ordinal for trigger in self.triggers}


def may_react(verdict: Verdict) -> bool:
    """True for an end that a failing handler gives: any, but for what names a message's form or size, or a limit."""
    if is_abnormal(verdict) or is_broken_close(verdict) or says_http(verdict):
        return True
    if verdict.initiator != "peer" or verdict.received_code is None or is_plain_refusal(verdict):
        return False
    return verdict.received_code not in _OTHERS


def says_http(verdict: Verdict) -> bool:
    """True where HTTP text came in place of a frame: the server answered a failed handler with an error page."""
    return verdict.mechanism == "protocol_error" and (verdict.sent_reason or "").startswith("HTTP instead")


def suspect(evidence: Evidence) -> Suspect | None:
    """The sort of message that is least likely to have met so many unexplained endings by accident."""
    records = those([*evidence.earlier, *evidence.unexplained], may_react)
    by_kind = _by_kind(records)
    newest = {record.serial for record in evidence.ended}
    suspects = [
        one
        for kind, triggers in by_kind.items()
        if any(trigger.record.serial in newest for trigger in triggers)
        and (one := _suspect(evidence, kind, triggers, records, len(by_kind))).share >= FATAL_SHARE
    ]
    return min(suspects, key=lambda one: (one.chance, one.waited_ns), default=None)


def last_kinds(records: Iterable[ConnectionRecord]) -> set[bytes]:
    """The sorts of the messages that ends followed closely; with `b""` where one followed none."""
    return {near[-1].kind if (near := _near(record)) else b"" for record in records}


def is_one_sort(evidence: Evidence, records: Iterable[ConnectionRecord]) -> bool:
    """True if these ends all followed a message of one sort among others, and few of that sort did no harm."""
    ended = list(records)
    kinds = last_kinds(ended)
    if len(kinds) != 1 or kinds == {b""}:
        return False
    everywhere = evidence.all_records
    if all(record.sent_kinds.keys() <= kinds for record in everywhere):
        return False  # whoever says only one thing can hardly be told that it is the wrong one
    kind = next(iter(kinds))
    return len(ended) >= FATAL_SHARE * (len(ended) + sum(_harmless(record, kind) for record in everywhere))


def _by_kind(records: Iterable[ConnectionRecord]) -> dict[bytes, list[Trigger]]:
    found: dict[bytes, list[Trigger]] = {}
    for record in records:
        latest = {sent.kind: sent for sent in _near(record) if sent.kind}
        for kind, sent in latest.items():
            found.setdefault(kind, []).append(Trigger(record, sent))
    return found


def _near(record: ConnectionRecord) -> list[Sent]:
    """The last messages that the end may have answered."""
    since_ns = record.ended_ns - _window_ns(record)
    return [sent for sent in causes(record) if sent.at_ns >= since_ns]


def _window_ns(record: ConnectionRecord) -> int:
    return WINDOW_NS + record.round_trip_ns


def _suspect(
    evidence: Evidence, kind: bytes, triggers: list[Trigger], records: list[ConnectionRecord], kinds: int
) -> Suspect:
    """Ends at random fall behind one such message as often as the stretches behind them fill the time."""
    lived_ns = max(1, sum(record.life_ns for record in records))
    waited_ns = max(_COARSE_NS, *(trigger.waited_ns for trigger in triggers))
    stretches = len(triggers) + sum(_harmless(record, kind) for record in records)
    chance = kinds * at_least(len(records), len(triggers), min(1.0, stretches * waited_ns / lived_ns))
    everywhere = [*evidence.earlier, *evidence.all_records]
    sent = len(triggers) + sum(_harmless(record, kind) for record in everywhere)
    return Suspect(kind, tuple(triggers), sent, min(1.0, chance))


def _harmless(record: ConnectionRecord, kind: bytes) -> int:
    """How many messages of the sort it survived; of those that left together with the last one, none did prove that."""
    if record.verdict is None:
        return record.sent_kinds[kind]
    if record.life_ns <= _window_ns(record):
        return 0
    since_ns = record.ended_ns - _window_ns(record)
    near = sum(sent.kind == kind for sent in record.last_sent if sent.at_ns >= since_ns)
    return record.sent_kinds[kind] - near
