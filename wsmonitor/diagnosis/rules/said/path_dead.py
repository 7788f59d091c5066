"""What we sent was not acknowledged any more: the path, or the other machine, is gone."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, stated_support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import closure_rows, open_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.diagnosis.rules.said.given_up import given_up, last_words, path_was_dead, unanswered_since, unheard
from wsmonitor.text.units import duration


def judge(evidence: Evidence) -> Judgement:
    records = given_up(evidence)
    dead = [record for record in records if path_was_dead(record)]
    dying = [record for record in unheard(evidence) if path_was_dead(record)]
    if not dead and not dying:
        return None
    told = "The path went dead: nothing came back, and the other side's kernel acknowledged nothing more."
    if not dead:
        quiet = duration(evidence.now_ns - dying[-1].last_rx_ns)
        told = f"The path is dead: no byte for {quiet}, and the other side's kernel acknowledges nothing that we send."
    since = unanswered_since(evidence, dead)
    return Match(
        sentence=told + (" New openings get no answer either." if since else ""),
        confidence=Confidence(
            support=stated_support(len(dead) + len(dying)),
            exclusivity=share_exclusivity(len(dead) + len(dying), len(records) + len(dying)),
        ),
        evidence=closure_rows(dead, _kernel_words) + open_rows(dying, _kernel_words),
        fix="Look at Wi-Fi, VPN, NAT or firewall on the way, or whether the server's machine went down. A shorter "
        "heartbeat notices it sooner and keeps NAT entries alive.",
        explains=frozenset(record.serial for record in dead) | since,
    )


def _kernel_words(record: ConnectionRecord) -> str:
    sample = last_words(record)
    if sample is None:
        return "our kernel gave up retransmitting"
    quiet_ns = (record.ended_ns or sample.at_ns) - record.last_rx_ns
    return (
        f"{sample.unacked} segments unacknowledged, {sample.retransmits} retransmits in a row, "
        f"last byte {duration(quiet_ns)} before"
    )


RULE = Rule(
    id="path_dead",
    title="dead path",
    judge=judge,
    needs=needs.ends_or_misses,
    source="RFC 1122, 4.2.3.5",
    reads="kernel samples (TCP_INFO) while pings are missed, and before we gave up",
    is_of_now=True,
    look_alikes=(
        LookAlike("peer_stuck", "the other kernel acknowledged nothing"),
        LookAlike("own_machine_drops", "what we sent did leave this machine"),
        LookAlike("local_stall", "our own loop was in time"),
    ),
)
