"""Frames that the protocol forbids: from the server, which we refuse, or from us, as the server says."""

from msgspec.structs import replace

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import ended_upon_our_bytes, those
from wsmonitor.diagnosis.rules.codes import code_match
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rival, Rule
from wsmonitor.facts.events import Verdict
from wsmonitor.text.plain_text import preview, visible

_NOT_ALONE = 0.5
_UPON_A_MESSAGE = 0.8
_ITS_CONTENT = Rival("message_triggers_close", "each end came at once upon a message of ours")


def judge(evidence: Evidence) -> Judgement:
    records = those(evidence.unexplained, _is_violation)
    if not records:
        return None
    newest = records[-1].verdict
    assert newest is not None
    if newest.mechanism == "protocol_error":
        what = visible(newest.sent_reason, 100) if newest.sent_reason else "a frame that is not allowed"
        return code_match(
            evidence,
            records,
            sentence=f"The server, or a proxy that rewrites its bytes, broke the WebSocket protocol: {what}.",
            doubt=_NOT_ALONE if _is_explained(evidence) else 1.0,
            fix="Try without compression and without the proxy. A reserved bit means compression that was not agreed; "
            "a code such as 1005 or 1006 in a Close frame is a bug of a proxy or server (RFC 6455, 7.4.1).",
            detail=_our_words,
        )
    said = f" “{visible(newest.received_reason, 60)}”" if newest.received_reason else ""
    upon = all(record.data_tx and ended_upon_our_bytes(record) for record in records)
    found = code_match(
        evidence,
        records,
        sentence=f"The server says that we broke the WebSocket protocol, or its own (Close 1002{said}).",
        fix="Compare the last message with what the server expects. If it is right, something on the way may rewrite "
        "frames: try without proxy and compression.",
        detail=_its_words,
        doubt=_UPON_A_MESSAGE if upon else 1.0,
    )
    return replace(found, rivals=(_ITS_CONTENT,) if upon else ())


def _is_explained(evidence: Evidence) -> bool:
    """True if other ends of this sort have a cause that explains them: this one may have it too."""
    return any(
        one.serial in evidence.claimed and one.verdict is not None and one.verdict.mechanism == "protocol_error"
        for one in evidence.ended
    )


def _is_violation(verdict: Verdict) -> bool:
    if verdict.mechanism == "protocol_error":
        return verdict.sent_code not in (1007, 1009)
    return verdict.initiator == "peer" and verdict.received_code == 1002


def _its_words(record: ConnectionRecord) -> str:
    return f"the server's last message: “{preview(record.last_rx, 80)}”" if record.last_rx else ""


def _our_words(record: ConnectionRecord) -> str:
    assert record.verdict is not None
    return visible(record.verdict.sent_reason or "", 100)


RULE = Rule(
    id="protocol_error",
    title="broken protocol",
    judge=judge,
    source="RFC 6455, 5.1, 5.2 and 7.4.1",
    reads="frames that we had to refuse; code 1002",
    endings=_is_violation,
    look_alikes=(
        LookAlike("message_triggers_close", "it follows no one sort of message"),
        LookAlike("message_too_big", "the frame itself was not allowed"),
    ),
)
