"""A message was longer than the other side, or we, accept: 1009."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import those
from wsmonitor.diagnosis.rules.codes import code_match
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule
from wsmonitor.facts.events import Verdict
from wsmonitor.text.units import size


def judge(evidence: Evidence) -> Judgement:
    records = those(evidence.unexplained, _is_too_big)
    if not records:
        return None
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
    reads="code 1009, of either side",
    endings=_is_too_big,
    look_alikes=(LookAlike("message_triggers_close", "the code names the size"),),
)
