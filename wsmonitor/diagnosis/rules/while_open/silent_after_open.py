"""The connection is open and pings are answered, but not one message ever came: subscribed to nothing?"""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import at
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule

QUIET_NS = 60_000_000_000


def judge(evidence: Evidence) -> Judgement:
    silent = [record for record in evidence.present if _is_silent(record, evidence.now_ns)]
    if not silent:
        return None
    heard = any(record.data_rx for record in (*evidence.ended, *evidence.present))
    return Match(
        sentence="The connection is open, but no message has come since ours: most likely nothing is subscribed to.",
        confidence=Confidence(support=0.8, exclusivity=0.7 if heard else 1.0),
        evidence=tuple(
            at(record, record.first_tx_ns or 0, "our first message left here, and none came since")
            for record in silent[:6]
        ),
        fix="Check the subscription message: channel name, format, and what the server wants first.",
    )


def _is_silent(record: ConnectionRecord, now_ns: int) -> bool:
    if record.data_rx or record.first_tx_ns is None or record.forced or record.gappy:
        return False
    until_ns = record.closed_ns or now_ns
    is_alive = record.answers["ws"] > 0 and not record.misses["ws"].in_a_row
    return is_alive and not record.misses["app"].total and until_ns - record.first_tx_ns >= QUIET_NS


RULE = Rule(
    id="silent_after_open",
    title="silent subscription",
    severity="info",
    judge=judge,
    needs=needs.unanswered_messages,
    reads="messages of either side since the open, for 60 s",
    look_alikes=(LookAlike("peer_stuck", "pongs came all the time"),),
)
