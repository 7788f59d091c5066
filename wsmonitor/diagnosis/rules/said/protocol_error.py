"""Frames that the protocol forbids: from the server, which we refuse, or from us, as the server says."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import those
from wsmonitor.diagnosis.rules.codes import code_match
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule
from wsmonitor.facts.events import Verdict
from wsmonitor.text.plain_text import visible

_NOT_ALONE = 0.5


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
    return code_match(
        evidence,
        records,
        sentence="The server says that we broke the WebSocket protocol (1002).",
        fix="If this client is right, something on the way rewrites its frames: try without proxy and compression.",
    )


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
