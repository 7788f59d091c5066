"""Connections end once so many bytes were sent, whatever the number of messages: a quota of bytes.

The sum before the last message was allowed and the sum with it was not, so each end leaves a range for the quota.
Ranges of several ends that overlap, while the numbers of messages differ, are rarely an accident.
"""

from math import prod

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, support
from wsmonitor.diagnosis.rules.candidates import (
    causes,
    may_be_timed,
    one_of_each_moment,
    reaction_ns,
    said_words,
    those,
)
from wsmonitor.diagnosis.rules.patterns.fatal_message import is_one_sort
from wsmonitor.diagnosis.rules.quotas.sums import (
    OF_FEW,
    are_few_but_plain,
    last_size,
    odds_of_waits,
    sum_before,
    sum_sent,
    took_the_server_along,
    volume_range,
)
from wsmonitor.diagnosis.rules.rows import closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule
from wsmonitor.diagnosis.rules.said.refusal_words import is_plain_refusal
from wsmonitor.facts.events import Verdict
from wsmonitor.text.units import size

NEED = 3
_SHARE = 0.7
_CHANCE_LIMIT, _CHANCE_OF_WAITS = 0.05, 0.1
_WIDTHS = 1.5
"""Sums at accidental ends spread over about so many times their middle."""


def judge(evidence: Evidence) -> Judgement:
    records = [record for record in one_of_each_moment(those(evidence.unexplained, _may_count)) if not record.gappy]
    at_once = [record for record in records if _ends_with_a_message(record)]
    is_few = are_few_but_plain(at_once, records)
    if (len(at_once) < NEED and not is_few) or len(at_once) < _SHARE * len(records):
        return None
    found = volume_range(at_once)
    if found is None or took_the_server_along(evidence, at_once):
        return None
    lowest, highest = found
    if any(_survived(one) >= highest for one in evidence.all_records if one not in at_once):
        return None
    if is_one_sort(evidence, at_once):
        return None  # the message explains it, and says more
    counts = {record.data_tx for record in at_once}
    chance = prod(min(1.0, last_size(one) / (_WIDTHS * highest)) for one in at_once[1:])
    if chance > _CHANCE_LIMIT or odds_of_waits(at_once) > _CHANCE_OF_WAITS:
        return None
    rivals = () if len(counts) > 1 else (Rival("count_limit", "the number of messages was the same each time", ""),)
    return Match(
        sentence=f"Connections end once {size(highest)} were sent on them ({lowest:,} to {highest:,} bytes), after "
        f"{_numbers(counts)} messages: a quota of bytes{said_words(at_once)}.",
        confidence=Confidence(
            support=support(len(at_once)),
            exclusivity=share_exclusivity(len(at_once), len(records)) * (0.5 if rivals else OF_FEW if is_few else 0.95),
        ),
        evidence=closure_rows(at_once, lambda one: f"{sum_sent(one):,} bytes in {one.data_tx:,} messages sent"),
        fix="Look for a quota of bytes per connection on the server or a proxy; send less, or reconnect before.",
        explains=frozenset(record.serial for record in at_once),
        rivals=rivals,
    )


def _may_count(verdict: Verdict) -> bool:
    return may_be_timed(verdict) and not is_plain_refusal(verdict)


def _numbers(counts: set[int]) -> str:
    return f"{min(counts):,} to {max(counts):,}" if len(counts) > 1 else f"{next(iter(counts)):,}"


def _ends_with_a_message(record: ConnectionRecord) -> bool:
    sent = causes(record)
    return bool(sent) and record.ended_ns - sent[-1].at_ns <= reaction_ns(record)


def _survived(record: ConnectionRecord) -> int:
    """So many bytes were sent without an end; of an ended one, before its last message."""
    if record.verdict is None or not causes(record):
        return record.sent_bytes
    return sum_before(record)


RULE = Rule(
    id="volume_limit",
    title="quota of bytes",
    severity="warning",
    judge=judge,
    reads="bytes sent before each closure, and how soon after the last message it came",
    samples=NEED,
    is_settled_by_age=False,
    endings=_may_count,
    look_alikes=(
        LookAlike("count_limit", "the numbers of messages differ"),
        LookAlike("message_triggers_close", "the last message was of different sorts"),
    ),
)
