"""Connections end right after the same number of messages each time.

A fixed age with regular traffic gives equal counts as well, and so does a client that always sends the same
few messages. So the end must follow the last message at once, which neither of them explains. Where that is
always a message of one sort which never did no harm, the message itself explains as much and says more.
"""

from collections import Counter
from math import comb
from typing import Literal

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.diagnosis.rules.candidates import (
    causes,
    may_be_timed,
    one_of_each_moment,
    reaction_ns,
    said_words,
    those,
)
from wsmonitor.diagnosis.rules.patterns.fatal_message import BURST_NS, is_one_sort, may_react
from wsmonitor.diagnosis.rules.quotas.sums import (
    OF_FEW,
    are_few_but_plain,
    odds_of_waits,
    sent_until,
    took_the_server_along,
    volume_range,
)
from wsmonitor.diagnosis.rules.rows import at_closure, closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule, TooFew
from wsmonitor.diagnosis.rules.said.refusal_words import names_credentials
from wsmonitor.facts.events import Verdict

NEED = 3
LEAST_MESSAGES = 3
LEAST_OF_FEW = 5
LEAST_RECEIVED = 10
_CHANCE_LIMIT = 0.01
_SHARE = 0.6
_PAUSES = 4
_LONGEST_WAIT_NS = 1_000_000_000
_NEARLY = 0.2
_EITHER = 0.6
"""How sure at most where a quota of bytes explains the same ends."""
_SAME_SORT = 0.45
"""How sure at most where the last message was always of one sort: that may be what was not wanted."""

Side = Literal["sent", "received"]


def judge(evidence: Evidence) -> Judgement:
    records = [record for record in one_of_each_moment(those(evidence.unexplained, _may_count)) if not record.gappy]
    return _found(evidence, records, "sent") or _found(evidence, records, "received")


def _found(evidence: Evidence, records: list[ConnectionRecord], side: Side) -> Judgement:
    at_once = [record for record in records if _ends_with_a_message(record, side)]
    if not at_once or took_the_server_along(evidence, at_once):
        return None
    lasting = [record for record in at_once if record.life_ns > BURST_NS]
    number = Counter(_count(record, side) for record in lasting or at_once).most_common(1)[0][0]
    same = [record for record in at_once if _count(record, side) == number]
    count = len(same)
    if number < (LEAST_MESSAGES if side == "sent" else LEAST_RECEIVED):
        return None
    if side == "sent" and count < len(at_once) and volume_range(at_once) is not None:
        return None  # the bytes that were sent explain those that the number does not
    since_ns = min(record.opened_ns for record in same)
    if any(_least(one, side) > number for one in evidence.all_records if one.opened_ns >= since_ns and not one.gappy):
        return None
    rows = closure_rows(same, lambda record: f"{_count(record, side):,} messages {side}")
    is_few = side == "sent" and number >= LEAST_OF_FEW and are_few_but_plain(same, records)
    if count < NEED and not is_few:
        is_newest = same[-1] is evidence.ended[-1]
        return TooFew(have=count, need=NEED, evidence=rows) if count > 1 and is_newest else None
    fitting = [record for record in records if record in same or _may_be(record, number, side)]
    candidates = len(records) - len(fitting) + count
    if not _is_no_accident(same, side, candidates) or count < _SHARE * candidates:
        return None
    doubted = _of_one_sort(evidence, same, at_once) if side == "sent" else ()
    if doubted is None:
        return None
    rivals = _rivals(same, at_once, side)
    limits = (_SAME_SORT if doubted else 1.0, OF_FEW if is_few else 1.0, _EITHER if rivals else 1.0)
    return Match(
        rivals=rivals,
        sentence=f"Connections end right after {_counted(same, side)} messages {side}, every time: a limit on their "
        f"number{said_words(same)}.",
        confidence=Confidence(support=support(count), exclusivity=min(share_exclusivity(count, candidates), *limits)),
        evidence=rows,
        counter_evidence=doubted,
        fix="Look for a quota per connection on the server, or a bug of its library at that number; reconnect before.",
        explains=frozenset(record.serial for record in fitting),
        limit_ns=None,
    )


def _of_one_sort(
    evidence: Evidence, same: list[ConnectionRecord], at_once: list[ConnectionRecord]
) -> tuple[EvidenceRow, ...] | None:
    """What speaks against a count where the last message was always of one sort; `None` if that explains it better."""
    if not is_one_sort(evidence, same) and not is_one_sort(evidence, at_once):
        return ()
    if all(record.verdict is not None and may_react(record.verdict) for record in same):
        return None
    return (at_closure(same[-1], "the last message was of the same sort each time: it may be what ends them"),)


def _rivals(same: list[ConnectionRecord], at_once: list[ConnectionRecord], side: Side) -> tuple[Rival, ...]:
    number = _count(same[-1], side)
    nearly = [one for one in at_once if 0 < abs(_count(one, side) - number) <= max(1, _NEARLY * number)]
    if side == "sent" and nearly:
        return (Rival("volume_limit", "others ended upon a message of nearly that number: bytes may be what counts"),)
    if side == "sent" and volume_range(same) is not None:
        return (Rival("volume_limit", "the bytes that were sent agree as well: vary the sizes of messages"),)
    sent, times = Counter(record.data_tx for record in same).most_common(1)[0]
    if side == "received" and sent and times >= _SHARE * len(same):
        return (Rival("volume_limit", "as many of ours were sent each time: they, or their bytes, may be what counts"),)
    return ()


def _may_count(verdict: Verdict) -> bool:
    if names_credentials(verdict):
        return False
    return may_be_timed(verdict) or (verdict.initiator == "peer" and verdict.received_code == 1008)


def _count(record: ConnectionRecord, side: Side) -> int:
    """How many messages had passed when the end was decided; of an open connection, so far."""
    return record.data_rx if side == "received" else sent_until(record)


def _least(record: ConnectionRecord, side: Side) -> int:
    """So many messages had passed at least: of those that left together at the end, it may have been the first."""
    if side == "received" or record.verdict is None or not causes(record):
        return _count(record, side)
    return 1 if record.life_ns <= BURST_NS else _first_of_burst(record)


def _may_be(record: ConnectionRecord, number: int, side: Side) -> bool:
    """True where so much left together that the limit may have been reached by any of it."""
    return (
        side == "sent" and _ends_with_a_message(record, side) and _least(record, side) <= number < _count(record, side)
    )


def _counted(same: list[ConnectionRecord], side: Side) -> str:
    """The number, or all numbers that it may be where the last messages always left together: `3 or 4`."""
    highest = _count(same[-1], side)
    lowest = highest if side == "received" else max(_first_of_burst(record) for record in same)
    if lowest == highest:
        return f"{highest:,}"
    return f"{lowest:,} {'or' if highest == lowest + 1 else 'to'} {highest:,}"


def _first_of_burst(record: ConnectionRecord) -> int:
    """The number of the first message that left together with the last one."""
    sent = causes(record)
    return next(one.ordinal for one in sent if sent[-1].at_ns - one.at_ns <= BURST_NS)


def _ends_with_a_message(record: ConnectionRecord, side: Side) -> bool:
    """The last message passed at most a reaction before the end; a server that falls silent may take longer."""
    if side == "sent":
        sent = causes(record)
        return bool(sent) and record.ended_ns - sent[-1].at_ns <= reaction_ns(record)
    assert record.verdict is not None
    silence_ns = record.verdict.silence_rx_ns
    pause_ns = (record.life_ns - silence_ns) / max(1, record.data_rx)
    return record.data_rx > 0 and silence_ns <= max(reaction_ns(record), min(_LONGEST_WAIT_NS, _PAUSES * pause_ns))


def _is_no_accident(same: list[ConnectionRecord], side: Side, of: int) -> bool:
    """So many of the ends at random moments would rarely come so soon after a message, nor lives so different hold
    as many.

    What the server sends may keep time with what it ends, so of messages received only the number tells.
    """
    lives = sorted(record.life_ns for record in same)
    pause_ns = lives[len(lives) // 2] / max(1, _count(same[-1], side))
    counts_possible = max(1.0, (lives[-1] - lives[0]) / max(1.0, pause_ns))
    odds = comb(of, len(same)) / counts_possible ** (len(same) - 1)
    return odds * (odds_of_waits(same) if side == "sent" else 1.0) <= _CHANCE_LIMIT


RULE = Rule(
    id="count_limit",
    title="limit on the number of messages",
    severity="warning",
    judge=judge,
    source="sieblyio/bybit-api issue 558 (1008 after 16,384 messages)",
    reads="messages passed before each closure, and how soon after the last one it came",
    samples=NEED,
    is_settled_by_age=False,
    endings=_may_count,
    look_alikes=(
        LookAlike("volume_limit", "sizes differ, and the number is the same"),
        LookAlike("lifetime_limit", "ages differ, and the end follows a message at once"),
        LookAlike("message_triggers_close", "the last message was of different sorts"),
    ),
)
