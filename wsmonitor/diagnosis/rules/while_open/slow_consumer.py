"""What we send piles up: the peer reads too slowly, or not at all."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, stated_support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import at
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.text.units import duration, size

LEAST_NS = 5_000_000_000
_RECENT_NS = 300_000_000_000


def judge(evidence: Evidence) -> Judgement:
    recent = [record for record in evidence.unexplained if evidence.now_ns - record.closed_ns < _RECENT_NS]
    slow = [record for record in (*recent, *evidence.present) if not record.forced and stuck_ns(record) >= LEAST_NS]
    if not slow:
        return None
    return Match(
        sentence="The peer does not take what we send: bytes have waited in our buffer for seconds without moving.",
        confidence=Confidence(support=stated_support(len(slow))),
        evidence=tuple(
            at(
                record,
                record.kernel[-1].at_ns,
                f"{size(record.unsent_bytes)} unsent for {duration(stuck_ns(record))}, "
                f"{evidence.waiting(record)} messages behind them",
            )
            for record in reversed(slow[-6:])
        ),
        fix="See why the server does not read: a slow handler, a full queue, back-pressure. Send less, drop what is "
        "stale, or bound the buffer.",
    )


def stuck_ns(record: ConnectionRecord) -> int:
    """For how long what waits in our write buffer has not shrunk."""
    if record.busy_since_ns is None or not record.kernel:
        return 0
    return record.kernel[-1].at_ns - record.busy_since_ns


RULE = Rule(
    id="slow_consumer",
    title="slow consumer",
    severity="warning",
    judge=judge,
    needs=needs.ends_or_waits,
    source="RFC 9293, 3.8.6",
    reads="bytes that wait in our write buffer, for 5 s",
    is_of_now=True,
    look_alikes=(
        LookAlike("path_dead", "the other kernel acknowledges"),
        LookAlike("peer_stuck", "what waits is data of ours that is not read"),
    ),
)
