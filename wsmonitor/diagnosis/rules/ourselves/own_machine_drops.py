"""What we wrote did not even leave this machine: its firewall, its routes or its interface hold it back."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, share_exclusivity, stated_support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import closure_rows, open_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule
from wsmonitor.diagnosis.rules.said.given_up import could_not_leave, given_up, last_words, unanswered_since, unheard
from wsmonitor.text.units import duration, size

_WINDOW_BYTES = 32 * 1024
"""Fewer unread bytes than this fill no window."""
_FULL = 0.7
_FULL_WINDOW = Rival("slow_consumer", "a server that reads nothing closes its window, and bytes wait here as well")


def judge(evidence: Evidence) -> Judgement:
    records = given_up(evidence)
    held = [record for record in records if _is_held_back(record)]
    now = [record for record in unheard(evidence) if _is_held_back(record)]
    if not held and not now:
        return None
    may_be_full = any(record.sent_bytes > _WINDOW_BYTES for record in (*held, *now))
    since = unanswered_since(evidence, held)
    return Match(
        sentence="What we sent could not leave this machine: the kernel kept it, and put nothing of it on the wire."
        + (" New openings get no answer either." if since else ""),
        confidence=Confidence(
            support=stated_support(len(held) + len(now)),
            exclusivity=share_exclusivity(len(held) + len(now), len(records) + len(now))
            * (_FULL if may_be_full else 1),
        ),
        evidence=closure_rows(held, _kernel_words) + open_rows(now, _kernel_words),
        fix="Look at this machine first: its firewall's rules for outgoing packets (nft list ruleset, Windows Defender "
        "Firewall), its routes (ip route get), the VPN, the interface. Nothing is known of the path or of the server.",
        explains=frozenset(record.serial for record in held) | since,
        rivals=(_FULL_WINDOW,) if may_be_full else (),
    )


def _is_held_back(record: ConnectionRecord) -> bool:
    sample = last_words(record)
    return sample is not None and could_not_leave(sample)


def _kernel_words(record: ConnectionRecord) -> str:
    sample = last_words(record)
    assert sample is not None
    quiet_ns = (record.ended_ns or sample.at_ns) - record.last_rx_ns
    return (
        f"{size(sample.not_sent_bytes)} not sent by our kernel, nothing on its way, {sample.probes} probes, last byte "
        f"{duration(quiet_ns)} before"
    )


RULE = Rule(
    id="own_machine_drops",
    title="held back by this machine",
    judge=judge,
    needs=needs.ends_or_misses,
    source="linux/tcp.h, tcpi_notsent_bytes",
    reads="kernel samples (TCP_INFO) while pings are missed, and before we gave up",
    look_alikes=(
        LookAlike("path_dead", "nothing is on its way: the kernel kept it"),
        LookAlike("slow_consumer", "too little was sent to fill the server's window"),
        LookAlike("peer_stuck", "nothing was acknowledged, because nothing left"),
    ),
)
