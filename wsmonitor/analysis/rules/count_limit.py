"""Connections end right after the same number of messages each time.

A fixed age with regular traffic gives equal counts as well, and so does a client that always sends the same
few messages. So the end must follow the last message at once, which neither of them explains.
"""

from collections import Counter
from typing import Literal

from wsmonitor.analysis.connection_record import ConnectionRecord
from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.findings import Confidence, share_exclusivity, support
from wsmonitor.analysis.rules.candidates import causes, may_be_timed, reaction_ns, those
from wsmonitor.analysis.rules.refusal_words import names_credentials
from wsmonitor.analysis.rules.rows import closure_rows
from wsmonitor.analysis.rules.rule import Judgement, Match, Rule, TooFew
from wsmonitor.events import Verdict

NEED = 3
LEAST_MESSAGES = 3
LEAST_RECEIVED = 10
_CHANCE_LIMIT = 0.01
_VARIES = 0.2

Side = Literal["sent", "received"]


def judge(evidence: Evidence) -> Judgement:
    records = [record for record in those(evidence.unexplained, _may_count) if not record.gappy]
    return _found(evidence, records, "sent") or _found(evidence, records, "received")


def _found(evidence: Evidence, records: list[ConnectionRecord], side: Side) -> Judgement:
    at_once = [record for record in records if _ends_with_a_message(record, side)]
    if not at_once:
        return None
    number, count = Counter(_count(record, side) for record in at_once).most_common(1)[0]
    same = [record for record in at_once if _count(record, side) == number]
    if number < (LEAST_MESSAGES if side == "sent" else LEAST_RECEIVED):
        return None
    since_ns = min(record.opened_ns for record in same)
    if any(_count(one, side) > number for one in evidence.all_records if one.opened_ns >= since_ns and not one.gappy):
        return None
    rows = closure_rows(same, lambda record: f"{_count(record, side):,} messages {side}")
    if count < NEED:
        is_newest = same[-1] is evidence.ended[-1]
        return TooFew(have=count, need=NEED, evidence=rows) if count > 1 and is_newest else None
    if not _is_no_accident(same, side) or len(same) < 0.6 * len(records):
        return None
    return Match(
        sentence=f"Connections end right after {number:,} messages {side}, every time: a limit on their number.",
        confidence=Confidence(support=support(count), exclusivity=share_exclusivity(count, len(records))),
        evidence=rows,
        fix="Look for a quota per connection on the server, or a bug of its library at that number; reconnect before.",
        explains=frozenset(record.serial for record in same),
        limit_ns=None,
    )


def _may_count(verdict: Verdict) -> bool:
    if names_credentials(verdict):
        return False
    return may_be_timed(verdict) or (verdict.initiator == "peer" and verdict.received_code == 1008)


def _count(record: ConnectionRecord, side: Side) -> int:
    """How many messages had passed when the end was decided; of an open connection, so far."""
    if side == "received":
        return record.data_rx
    if record.verdict is None:
        return record.data_tx
    return record.data_tx - len(record.last_sent) + len(causes(record))


def _ends_with_a_message(record: ConnectionRecord, side: Side) -> bool:
    """The last message passed at most a reaction before the end."""
    if side == "sent":
        sent = causes(record)
        return bool(sent) and record.ended_ns - sent[-1].at_ns <= reaction_ns(record)
    assert record.verdict is not None
    return record.data_rx > 0 and record.verdict.silence_rx_ns <= reaction_ns(record)


def _is_no_accident(same: list[ConnectionRecord], side: Side) -> bool:
    """Ends at random moments would rarely all come so soon after a message, nor lives so different hold as many."""
    odds = 1.0
    for record in same:
        pause_ns = record.life_ns / max(1, _count(record, side))
        assert record.verdict is not None
        waited_ns = record.ended_ns - causes(record)[-1].at_ns if side == "sent" else record.verdict.silence_rx_ns
        odds *= min(1.0, 2 * max(waited_ns, 1_000_000) / pause_ns) if pause_ns else 1.0
    lives = sorted(record.life_ns for record in same)
    pause_ns = lives[len(lives) // 2] / max(1, _count(same[-1], side))
    counts_possible = max(1.0, (lives[-1] - lives[0]) / max(1.0, pause_ns))
    odds /= counts_possible ** (len(same) - 1)
    lives_vary = lives[-1] - lives[0] > _VARIES * lives[len(lives) // 2]
    return lives_vary if side == "received" else odds <= _CHANCE_LIMIT or lives_vary


RULE = Rule(
    id="count_limit",
    title="limit on the number of messages",
    severity="warning",
    judge=judge,
    source="diagnosis.md E; sieblyio/bybit-api issue 558 (1008 after 16,384 messages)",
    reads="messages passed before each closure, and how soon after the last one it came",
    samples=NEED,
    is_settled_by_age=False,
    endings=_may_count,
)
