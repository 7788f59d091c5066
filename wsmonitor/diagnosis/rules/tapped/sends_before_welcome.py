"""The client speaks before the server's first message, and only the connections on which it did are ended at once."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.candidates import those
from wsmonitor.diagnosis.rules.rows import ROWS, at
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.facts.events import REGULAR_CODES, Verdict
from wsmonitor.text.units import counted, duration

NEED = 3
PATIENT = 2
AT_ONCE_NS = 1_000_000_000
_MOSTLY = 0.8


def judge(evidence: Evidence) -> Judgement:
    if not evidence.config.is_tap:
        return None
    punished = [record for record in those(evidence.unexplained, _is_refusal) if _is_punished(record)]
    everybody = [record for record in (*evidence.ended, *evidence.present) if not record.forced]
    early = [record for record in everybody if record.data_rx and not _waited(record)]
    patient = [record for record in everybody if _waited(record)]
    lasting = [record for record in patient if record.closed_ns == 0 or record.life_ns >= AT_ONCE_NS]
    tried = len(punished) + len(early)
    if not punished or len(punished) < _MOSTLY * tried or len(lasting) < _MOSTLY * len(patient):
        return None
    rows = tuple(_row(record) for record in reversed(punished[-ROWS:]))
    if len(punished) < NEED or len(lasting) < PATIENT:
        return TooFew(have=min(len(punished), len(lasting) + 1), need=NEED, evidence=rows)
    return Match(
        sentence=f"Your client sends before the server's first message: {counted(len(punished), 'connection')} on "
        f"which it did ended at once, and {len(lasting)} on which it waited lived.",
        confidence=Confidence(support=support(len(punished)), exclusivity=share_exclusivity(len(punished), tried)),
        evidence=rows,
        fix="Wait for the server's first message before you send; on the server, keep what comes early until the "
        "session is ready.",
        explains=frozenset(record.serial for record in punished),
    )


def _is_refusal(verdict: Verdict) -> bool:
    """The other side ended it, and not in the regular way."""
    return verdict.initiator == "peer" and verdict.received_code not in REGULAR_CODES


def _is_punished(record: ConnectionRecord) -> bool:
    """It spoke, heard nothing, and was gone."""
    first_ns = record.first_tx_ns
    return first_ns is not None and not record.data_rx and record.closed_ns - first_ns < AT_ONCE_NS


def _waited(record: ConnectionRecord) -> bool:
    """The server spoke first."""
    if record.first_rx_ns is None:
        return False
    return record.first_tx_ns is None or record.first_rx_ns < record.first_tx_ns


def _row(record: ConnectionRecord) -> EvidenceRow:
    first_ns = record.first_tx_ns or record.opened_ns
    gone, sent = duration(record.closed_ns - first_ns), duration(first_ns - record.opened_ns)
    return at(record, first_ns, f"sent {sent} after the opening, before any message came; gone {gone} later")


RULE = Rule(
    id="sends_before_welcome",
    title="messages before the server's first",
    judge=judge,
    needs=needs.was_tap,
    reads="on a tap: who spoke first on each connection, and which of them ended at once",
    samples=NEED,
    look_alikes=(
        LookAlike("early_close", "connections on which the client waited lived: it is not each opening that fails"),
    ),
)
