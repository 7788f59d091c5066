"""One sort of message of ours ends the connection: the server's handler dies of it.

It is told from chance by what the same sort of message did at other times, and from an early close by
connections that lived well until the message came.
"""

from dataclasses import dataclass

from wsmonitor.analysis.connection_record import ConnectionRecord, Sent
from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.findings import Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.analysis.rules.candidates import causes, is_abnormal, reaction_ns, those
from wsmonitor.analysis.rules.rows import at_closure
from wsmonitor.analysis.rules.rule import Judgement, Match, Rule, TooFew
from wsmonitor.analysis.units import duration
from wsmonitor.events import Verdict
from wsmonitor.plain_text import preview

NEED = 2
FATAL_SHARE = 0.7
"""Of all messages of the sort, so many must have been followed by the end."""
_LIVED_BEFORE_NS = 20_000_000


@dataclass(frozen=True)
class _Trigger:
    record: ConnectionRecord
    sent: Sent

    @property
    def waited_ns(self) -> int:
        return self.record.ended_ns - self.sent.at_ns


def judge(evidence: Evidence) -> Judgement:
    found = _triggers(evidence)
    if not found:
        return None
    by_kind: dict[bytes, list[_Trigger]] = {}
    for trigger in found:
        by_kind.setdefault(trigger.sent.kind, []).append(trigger)
    kind, triggers = max(by_kind.items(), key=lambda item: len(item[1]))
    rows = tuple(_row(trigger) for trigger in reversed(triggers[-6:]))
    sent = max(len(triggers), sum(record.sent_kinds[kind] for record in evidence.all_records))
    share = len(triggers) / sent
    if share < FATAL_SHARE:
        return None
    if not any(_lived_well_before(trigger) for trigger in triggers):
        return None
    if len(triggers) < NEED:
        if evidence.ended[-1] is not triggers[-1].record:
            return None
        return TooFew(have=len(triggers), need=NEED, evidence=rows)
    head = preview(triggers[-1].sent.head, 60)
    return Match(
        sentence=f"The message “{head}” ends the connection: the server's handler most likely fails on it.",
        confidence=Confidence(
            support=support(len(triggers) + 1),
            spread=share,
            exclusivity=share_exclusivity(len(triggers), len(those(evidence.ended, _may_react))),
        ),
        evidence=rows,
        counter_evidence=_counter(triggers, sent),
        fix="Send this message by hand and read the server's log; check its schema against what the server expects.",
        explains=frozenset(trigger.record.serial for trigger in triggers),
    )


def _triggers(evidence: Evidence) -> list[_Trigger]:
    found = []
    for record in those(evidence.unexplained, _may_react):
        window_ns = reaction_ns(record)
        near = [one for one in causes(record) if one.kind and record.ended_ns - one.at_ns <= window_ns]
        if near:
            found.append(_Trigger(record, near[-1]))
    return found


def _may_react(verdict: Verdict) -> bool:
    return is_abnormal(verdict) or (verdict.initiator == "peer" and verdict.received_code == 1011)


def _lived_well_before(trigger: _Trigger) -> bool:
    lived_ns = trigger.sent.at_ns - trigger.record.opened_ns
    return lived_ns > _LIVED_BEFORE_NS + 3 * trigger.record.round_trip_ns


def _row(trigger: _Trigger) -> EvidenceRow:
    text = f"ended {duration(trigger.waited_ns)} after our message “{preview(trigger.sent.head, 80)}”"
    return at_closure(trigger.record, text)


def _counter(triggers: list[_Trigger], sent: int) -> tuple[EvidenceRow, ...]:
    if sent <= len(triggers):
        return ()
    return (at_closure(triggers[-1].record, f"{sent - len(triggers)} of {sent} such messages did no harm"),)


RULE = Rule(
    id="message_triggers_close",
    title="message that ends the connection",
    severity="problem",
    judge=judge,
    source="diagnosis.md B 5",
    reads="our last message before each closure, and what others of its sort did",
    samples=NEED,
    is_settled_by_age=False,
    endings=_may_react,
)
