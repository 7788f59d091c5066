"""A message was longer than the other side, or we, accept: 1009, or ends upon long messages that no short one met."""

from math import comb

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
from wsmonitor.diagnosis.rules.codes import code_match
from wsmonitor.diagnosis.rules.patterns.fatal_message import is_one_sort
from wsmonitor.diagnosis.rules.quotas.sums import last_size, sent_until, volume_range
from wsmonitor.diagnosis.rules.rows import closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule
from wsmonitor.facts.events import Verdict
from wsmonitor.text.units import size

NEED = 3
_SHARE = 0.7
_LONGER = 1.25
"""The shortest that ended a connection is so much longer than the longest that did no harm."""
_CHANCE_LIMIT = 0.01
_UNSAID, _EITHER = 0.95, 0.6


def judge(evidence: Evidence) -> Judgement:
    records = those(evidence.unexplained, _is_too_big)
    if not records:
        return _shown(evidence)
    newest = records[-1].verdict
    assert newest is not None
    if newest.mechanism == "protocol_error":
        limit = size(evidence.config.limits.max_message_bytes)
        return code_match(
            evidence,
            records,
            sentence=f"The server sent a message longer than our limit of {limit}; we had to refuse it (1009).",
            fix="Raise max_message_bytes of this endpoint, or let the server send smaller messages.",
        )
    return code_match(
        evidence,
        records,
        sentence="The server refused a message of ours as too big (1009).",
        fix="Send smaller messages or raise the server's limit. Common ones: 1 MiB (websockets), 64 KiB to 16 MiB "
        "(frameworks), 128 KiB a message and 32 KiB a frame (AWS API Gateway).",
        detail=_last_size,
    )


def _shown(evidence: Evidence) -> Judgement:
    """The same without the code: every long message was the last one, and no short one was."""
    records = [record for record in one_of_each_moment(those(evidence.unexplained, may_be_timed)) if not record.gappy]
    ended = [record for record in records if _ends_with_a_message(record)]
    if len(ended) < NEED or len(ended) < _SHARE * len(records) or is_one_sort(evidence, ended):
        return None
    others = [record for record in evidence.all_records if record not in ended]
    passed = max(_longest_passed(one) if one in records else one.largest_tx_bytes for one in (*ended, *others))
    least = min(map(last_size, ended))
    sent = sum(map(sent_until, ended)) + sum(one.data_tx for one in others)
    if not passed or least < _LONGER * passed or 1 / comb(sent, len(ended)) > _CHANCE_LIMIT:
        return None
    rivals = _rivals(ended)
    return Match(
        sentence=f"Connections end at once upon a message of {size(least)} or more, while those of {size(passed)} and "
        f"less pass: a limit on the size of messages, without the code for it (1009){said_words(ended)}.",
        confidence=Confidence(
            support=support(len(ended)),
            exclusivity=share_exclusivity(len(ended), len(records)) * (_EITHER if rivals else _UNSAID),
        ),
        evidence=closure_rows(ended, lambda one: f"{size(last_size(one))} was the last message"),
        fix="Send smaller messages, or raise the server's or its proxy's limit on the size of messages.",
        explains=frozenset(record.serial for record in ended),
        rivals=rivals,
    )


def _rivals(ended: list[ConnectionRecord]) -> tuple[Rival, ...]:
    """Where messages grow in the same way on each connection, their number and their sum agree too."""
    rivals = []
    if len({sent_until(record) for record in ended}) == 1:
        rivals.append(Rival("count_limit", "it was the same number of messages each time: send a long one first", ""))
    if volume_range(ended) is not None:
        rivals.append(Rival("volume_limit", "the bytes that were sent agree as well: send a long one first", ""))
    return tuple(rivals)


def _ends_with_a_message(record: ConnectionRecord) -> bool:
    sent = causes(record)
    return bool(sent) and record.ended_ns - sent[-1].at_ns <= reaction_ns(record)


def _longest_passed(record: ConnectionRecord) -> int:
    """The longest message before the one that ended it; what left after that one tells nothing."""
    later = len(record.last_sent) - len(causes(record))
    return record.survived_tx_bytes if not later else max((one.size_bytes for one in causes(record)[:-1]), default=0)


def _may_speak(verdict: Verdict) -> bool:
    return _is_too_big(verdict) or may_be_timed(verdict)


def _is_too_big(verdict: Verdict) -> bool:
    if verdict.mechanism == "protocol_error":
        return verdict.sent_code == 1009
    return verdict.initiator == "peer" and verdict.received_code == 1009


def _last_size(record: ConnectionRecord) -> str:
    if not record.last_sent:
        return ""
    return f"the longest of our last messages had {size(max(sent.size_bytes for sent in record.last_sent))}"


RULE = Rule(
    id="message_too_big",
    title="message too big",
    judge=judge,
    source="RFC 6455, 7.4.1",
    reads="code 1009, of either side; sizes of our messages before ends, and of those that did no harm",
    endings=_may_speak,
    look_alikes=(
        LookAlike("message_triggers_close", "the code names the size, or messages of several sorts ended connections"),
        LookAlike("count_limit", "the numbers of messages differ"),
        LookAlike("volume_limit", "the sums of bytes differ"),
    ),
)
