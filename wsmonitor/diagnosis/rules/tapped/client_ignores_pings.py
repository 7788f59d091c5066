"""The client answers no ping of the server, which will take it for dead."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, support
from wsmonitor.diagnosis.rules.rows import ROWS
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.text.units import counted, duration

NEED = 3
_OURS = 0.5


def judge(evidence: Evidence) -> Judgement:
    clients = evidence.clients
    deaf = [one for one in clients.deaf if one.lag_ns < _OURS * one.waited_ns]
    if not deaf or clients.answered:
        return None  # who ever answered knows how; what is late then has another cause
    rows = tuple(
        EvidenceRow(
            text=f"a ping of the server unanswered for {duration(one.waited_ns)}",
            at_ns=one.at_ns,
            connection=one.connection,
            slot=one.slot,
        )
        for one in reversed(deaf[-ROWS:])
    )
    if len(deaf) < NEED:
        return TooFew(have=len(deaf), need=NEED, evidence=rows)
    return Match(
        sentence=f"Your client answers no ping: {counted(len(deaf), 'ping')} of the server had no pong. A server that "
        "pings to find dead clients will end it.",
        confidence=Confidence(support=support(len(deaf))),
        evidence=rows,
        fix="See what keeps the client's library from reading (a pong is sent while reading), and whether automatic "
        "pongs were switched off.",
    )


RULE = Rule(
    id="client_ignores_pings",
    title="pings that the client does not answer",
    severity="problem",
    judge=judge,
    source="RFC 6455, 5.5.2",
    reads="on a tap: pings of the server without the client's pong",
    samples=NEED,
    look_alikes=(
        LookAlike("pings_ignored", "the pings came from the server, and it is the client that owes the pongs"),
    ),
)
