"""The other side's kernel acknowledges, its WebSocket layer answers nothing: the peer process is stuck."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, stated_support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import closure_rows, open_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule
from wsmonitor.diagnosis.rules.said.given_up import given_up, kernel_answered, last_words, unheard
from wsmonitor.text.units import duration

_NOW = 2
_IS = (
    "The peer is stuck: the kernel on the other side (or of a proxy in front of it) acknowledges what we send, but the "
    "process behind it answers nothing."
)
_WAS = (
    "The peer was stuck: the kernel on the other side (or of a proxy in front of it) acknowledged what we sent, but "
    "the process behind it answered nothing. A connection has opened since."
)
_KNOWS_NO_PINGS = Rival("pings_ignored", "it never answered a ping of ours, and may know none")
_UNTRIED = 0.8


def judge(evidence: Evidence) -> Judgement:
    records = given_up(evidence)
    stuck = [record for record in records if kernel_answered(record)]
    now = [record for record in unheard(evidence) if _answered_before(record) and kernel_answered(record)]
    if not stuck and not now:
        return None
    is_over = not now and (evidence.last_opened_ns or 0) > stuck[-1].ended_ns
    never = not any(record.pongs.number for record in evidence.all_records)
    return Match(
        sentence=_WAS if is_over else _IS,
        confidence=Confidence(
            support=stated_support(len(stuck) + len(now)),
            exclusivity=share_exclusivity(len(stuck) + len(now), len(records) + len(now)) * (_UNTRIED if never else 1),
        ),
        rivals=(_KNOWS_NO_PINGS,) if never else (),
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
