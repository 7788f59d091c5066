"""The client goes on sending after its own Close, or long after the server's: nobody reads it."""

from wsmonitor.diagnosis.clients import SentLate
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, stated_support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import ROWS
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.text.plain_text import preview
from wsmonitor.text.units import counted, duration


def judge(evidence: Evidence) -> Judgement:
    late = list(evidence.clients.sent_late)
    if not late:
        return None
    longest = max(late, key=lambda one: one.after_ns)
    whose = "its own Close" if longest.is_own else "the server's Close"
    connections = len({(one.slot, one.connection) for one in late})
    return Match(
        sentence=f"Your client sends after {whose}: {counted(len(late), 'message')} on "
        f"{counted(connections, 'connection')}, the last {duration(longest.after_ns)} after it. Nobody reads them.",
        confidence=Confidence(support=stated_support(len(late))),
        evidence=tuple(_row(one) for one in reversed(late[-ROWS:])),
        fix="Stop the timers and queues of a connection in its close handler, and look at its state before each send; "
        "keep what was not sent for the next connection.",
    )


def _row(one: SentLate) -> EvidenceRow:
    whose = "its own Close" if one.is_own else f"the server's Close {one.code}"
    what = f": {preview(one.head)}" if one.head else ""
    text = f"a message {duration(one.after_ns)} after {whose}{what}"
    return EvidenceRow(text=text, at_ns=one.at_ns, connection=one.connection, slot=one.slot)


RULE = Rule(
    id="sends_after_close",
    title="messages into a closing connection",
    judge=judge,
    needs=needs.was_tap,
    source="RFC 6455, 5.5.1",
    reads="on a tap: messages of the client after a Close frame of either side",
    look_alikes=(LookAlike("protocol_error", "the frames came after a Close of the same side"),),
)
