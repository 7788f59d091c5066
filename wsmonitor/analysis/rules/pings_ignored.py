"""The server never answers a ping as the protocol wants, though data flows."""

from wsmonitor.analysis.connection_record import ConnectionRecord
from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.findings import Confidence, support
from wsmonitor.analysis.rules.rows import at
from wsmonitor.analysis.rules.rule import Judgement, Match, Rule, TooFew

NEED = 3
_OURS = 0.5


def judge(evidence: Evidence) -> Judgement:
    records = [record for record in (*evidence.ended, *evidence.present) if not record.forced]
    if any(record.answers["ws"] for record in records):
        return None
    deaf = [record for record in records if _lives_without_pongs(record)]
    missed = sum(record.misses["ws"].total for record in deaf)
    if not deaf:
        return None
    rows = tuple(
        at(record, record.last_rx_ns, f"{record.misses['ws'].total} pings without their pong, bytes came all the same")
        for record in reversed(deaf[-6:])
    )
    if missed < NEED:
        return TooFew(have=missed, need=NEED, evidence=rows)
    pongs = sum(record.pongs for record in deaf)
    how = f"answers with {pongs} pongs that carry what we never sent" if pongs else "never answers a ping"
    return Match(
        sentence=f"The server {how}, though other bytes arrive: it, or a proxy, does not follow the protocol.",
        confidence=Confidence(support=support(missed)),
        evidence=rows,
        fix="Switch the pings of this endpoint off and use a heartbeat of the application; report it to the server's "
        "makers (RFC 6455, 5.5.2 wants a pong with the ping's payload).",
    )


def _lives_without_pongs(record: ConnectionRecord) -> bool:
    missed = record.misses["ws"]
    if missed.last is None or missed.last.lag_ns >= _OURS * missed.last.waited_ns:
        return False
    return record.last_rx_ns > missed.first_ns


RULE = Rule(
    id="pings_ignored",
    title="pings without pongs",
    severity="warning",
    judge=judge,
    source="diagnosis.md B 26; RFC 6455, 5.5.2 and 5.5.3",
    reads="missed pings while other bytes arrive",
    samples=NEED,
)
