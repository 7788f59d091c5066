"""The other side's kernel acknowledges, its WebSocket layer answers nothing: the peer process is stuck."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, stated_support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import closure_rows, open_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.diagnosis.rules.said.given_up import given_up, kernel_answered, last_words, unheard
from wsmonitor.text.units import duration

_NOW = 2


def judge(evidence: Evidence) -> Judgement:
    records = given_up(evidence)
    stuck = [record for record in records if kernel_answered(record)]
    now = [record for record in unheard(evidence) if _answered_before(record) and kernel_answered(record)]
    if not stuck and not now:
        return None
    return Match(
        sentence="The peer is stuck: the kernel on the other side (or of a proxy in front of it) acknowledges what "
        "we send, but the process behind it answers nothing.",
        confidence=Confidence(
            support=stated_support(len(stuck) + len(now)),
            exclusivity=share_exclusivity(len(stuck) + len(now), len(records) + len(now)),
        ),
        evidence=closure_rows(stuck, _kernel_words) + open_rows(now, _kernel_words),
        fix="Profile the server's event loop: a blocking call, a deadlock, a debugger, or a handler that stopped "
        "reading. The network is not to blame.",
        explains=frozenset(record.serial for record in stuck),
    )


def _answered_before(record: ConnectionRecord) -> bool:
    """True where pongs came until two pings in a row were missed: one may be a pause of the server's."""
    return record.pongs.number > 0 and record.misses["ws"].in_a_row >= _NOW


def _kernel_words(record: ConnectionRecord) -> str:
    sample = last_words(record)
    assert sample is not None
    quiet_ns = (record.ended_ns or sample.at_ns) - record.last_rx_ns
    return f"everything acknowledged, kernel round trip {duration(sample.rtt_ns)}, no byte for {duration(quiet_ns)}"


RULE = Rule(
    id="peer_stuck",
    title="stuck peer",
    judge=judge,
    needs=needs.ends_or_misses,
    source="websockets, keepalive and latency",
    reads="kernel samples (TCP_INFO) while pings are missed, and before we gave up",
    is_of_now=True,
    look_alikes=(
        LookAlike("path_dead", "the other kernel acknowledged everything"),
        LookAlike("own_machine_drops", "nothing waited in our kernel"),
        LookAlike("local_stall", "our own loop was in time"),
    ),
)
