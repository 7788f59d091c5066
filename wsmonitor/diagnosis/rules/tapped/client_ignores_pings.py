"""The client answers no ping of the server, which will take it for dead."""

from wsmonitor.diagnosis.clients import DEAF_NS
from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import ROWS
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.text.units import counted, duration

NEED = 3
_OURS = 0.5


def judge(evidence: Evidence) -> Judgement:
    clients = evidence.clients
    # Who ever answered knows how; what is late then has another cause.
    deaf = [one for one in clients.deaf if one.lag_ns < _OURS * one.waited_ns and one.pid not in clients.answering]
    if not deaf:
        return None
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
        explains=frozenset(record.serial for record in evidence.unexplained if _was_given_up(record)),
        fix="See what keeps the client's library from reading (a pong is sent while reading), and whether automatic "
        "pongs were switched off.",
    )


def _was_given_up(record: ConnectionRecord) -> bool:
    """The other side ended it while a ping of the server had no pong."""
    verdict, asked_ns = record.verdict, record.peer.pings_ns
    if verdict is None or verdict.initiator == "local" or not asked_ns or record.gappy:
        return False
    return bool(record.misses["client"].total) or record.ended_ns - asked_ns[-1] >= DEAF_NS


RULE = Rule(
    id="client_ignores_pings",
    title="pings that the client does not answer",
    judge=judge,
    needs=needs.was_tap,
    source="RFC 6455, 5.5.2",
    reads="on a tap: pings of the server without the client's pong",
    samples=NEED,
    look_alikes=(
        LookAlike("lifetime_limit", "none of the server's pings had a pong: its timer was never reset"),
        LookAlike("pings_ignored", "the pings came from the server, and it is the client that owes the pongs"),
    ),
)
