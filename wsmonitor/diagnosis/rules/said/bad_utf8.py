"""A text message was not UTF-8: 1007, by us or by the server."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import those
from wsmonitor.diagnosis.rules.codes import code_match
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule
from wsmonitor.facts.events import Verdict
from wsmonitor.text.plain_text import visible


def judge(evidence: Evidence) -> Judgement:
    records = those(evidence.unexplained, _is_bad_text)
    if not records:
        return None
    newest = records[-1].verdict
    assert newest is not None
    if newest.mechanism == "protocol_error":
        where = f" ({visible(newest.sent_reason, 80)})" if newest.sent_reason else ""
        return code_match(
            evidence,
            records,
            sentence=f"The server sent a text message that is not valid UTF-8{where}; we had to refuse it (1007).",
            fix="Let the server encode text as UTF-8, or send binary data as binary messages.",
        )
    return code_match(
        evidence,
        records,
        sentence="The server refused a message of ours because its content does not fit its type (1007).",
        fix="Send binary data as binary messages, and text as UTF-8.",
    )


def _is_bad_text(verdict: Verdict) -> bool:
    if verdict.mechanism == "protocol_error":
        return verdict.sent_code == 1007
    return verdict.initiator == "peer" and verdict.received_code == 1007


RULE = Rule(
    id="bad_utf8",
    title="text that is not UTF-8",
    judge=judge,
    source="RFC 6455, 8.1",
    reads="code 1007, of either side",
    endings=_is_bad_text,
    look_alikes=(LookAlike("protocol_error", "the code names the content"),),
)
