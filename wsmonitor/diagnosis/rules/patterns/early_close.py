"""Connections end within a tenth of a second of their opening, without a Close frame: the handler fails at once."""

from itertools import takewhile

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.diagnosis.rules.candidates import is_abnormal, those
from wsmonitor.diagnosis.rules.rows import at, closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.diagnosis.rules.short_lives import DOUBTFUL, IN_DOUBT, chance
from wsmonitor.text.units import duration

EARLY_NS = 100_000_000
NEED = 2
_PATH_ALLOWANCE = 2
"""A far peer's end arrives later: two round trips are added."""


def judge(evidence: Evidence) -> Judgement:
    records = those(evidence.unexplained, is_abnormal)
    early = [record for record in records if _is_early(record)]
    if not early or evidence.ended[-1] is not early[-1]:
        return None
    if len(early) < NEED:
        return TooFew(have=len(early), need=NEED, evidence=closure_rows(early, _first_words))
    if not _is_early(records[-2]):
        return None
    lasting = [record for record in evidence.ended if not _is_early(record)]
    counter = _counter(evidence, records, early)
    exclusivity = share_exclusivity(len(early), len(early) + len(lasting))
    return Match(
        sentence="Connections are accepted and end at once without a Close frame: the server's handler fails "
        "right after accepting, most likely on its first send.",
        confidence=Confidence(
            support=support(len(early) + 1),
            exclusivity=min(IN_DOUBT, exclusivity) if counter else exclusivity,
        ),
        evidence=closure_rows(early, _first_words),
        counter_evidence=counter,
        fix="Look for an exception in the server's log at these times. On the server: check the state before the "
        "first send and send the welcome only once the connection is ready. Here: wait for it before sending.",
        explains=frozenset(record.serial for record in early),
    )


def _counter(
    evidence: Evidence, records: list[ConnectionRecord], early: list[ConnectionRecord]
) -> tuple[EvidenceRow, ...]:
    """Who else may be to blame: a message of ours, or mere chance."""
    rows = []
    if all(record.first_tx_ns is not None for record in early):
        text = "our first message had left before each of these endings: it may be what they answer"
        rows.append(at(early[-1], early[-1].closed_ns, text))
    run = list(takewhile(_is_early, reversed(records)))
    others = [record for record in (*evidence.ended, *evidence.present) if record not in run]
    if chance(run, others, evidence.now_ns) > DOUBTFUL:
        text = "the others live so briefly as well that chance alone may make some as short as these"
        rows.append(at(early[-1], early[-1].closed_ns, text))
    return tuple(rows)


def _is_early(record: ConnectionRecord) -> bool:
    assert record.verdict is not None
    return record.life_ns <= EARLY_NS + _PATH_ALLOWANCE * (record.tcp_ns or 0) and is_abnormal(record.verdict)


def _first_words(record: ConnectionRecord) -> str:
    heard = f"{record.data_rx} messages received" if record.data_rx else "nothing received"
    if record.first_tx_ns is None:
        return f"{heard}, nothing sent"
    return f"{heard}, our first message {duration(record.first_tx_ns - record.opened_ns)} after the open"


RULE = Rule(
    id="early_close",
    title="accepted and gone",
    judge=judge,
    source="uvicorn ends TCP without a Close when the handler raises",
    reads="life of connections that ended without a Close frame",
    samples=NEED,
    endings=is_abnormal,
    look_alikes=(
        LookAlike("connect_loop", "the ends came within a tenth of a second, without a Close frame"),
        LookAlike("message_triggers_close", "some ended before anything was sent"),
    ),
)
