"""Our own process did not run: what it missed or lost meanwhile is not the network's or the peer's doing."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, stated_support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import at, closure_row
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.diagnosis.rules.said.given_up import was_given_up
from wsmonitor.facts.events import HeartbeatMissed, Verdict
from wsmonitor.facts.own_troubles import OwnTrouble
from wsmonitor.settings.endpoint_settings import to_ns
from wsmonitor.text.units import duration

_SHARE = 0.5
"""Lag of at least this part of a timeout makes a miss ours."""
_PEER_PATIENCE_NS = 1_000_000_000
"""A shorter lag keeps no peer waiting long enough to give up."""
_LONG_NS, _DOUBT = 5_000_000_000, 0.75
"""Few peers give up sooner: that this one did is only likely."""
_USUAL = 2
_LOOK_BACK_NS = 60_000_000_000
_RECENT_NS = 300_000_000_000


def judge(evidence: Evidence) -> Judgement:
    excused = _excused(evidence)
    missed = [(record, miss) for record in evidence.present for miss in _our_misses(evidence, record)]
    if not excused and not missed:
        return None
    rows = [_closure_row(record, trouble) for record, trouble in excused] + [_miss_row(*pair) for pair in missed]
    rows.sort(key=lambda row: row.at_ns, reverse=True)
    is_sure = bool(missed) or any(_is_sure(*pair) for pair in excused)
    return Match(
        sentence="This monitor itself stood still or ran late: heartbeats missed and connections lost in that time "
        "say nothing about the peer or the network.",
        confidence=Confidence(support=stated_support(len(rows)), exclusivity=1.0 if is_sure else _DOUBT),
        evidence=tuple(rows[:6]),
        fix="Give this machine room: close what hogs the CPU, do not stop the process (debugger, SIGSTOP), and do "
        "not trust round trips of that time.",
        explains=frozenset(record.serial for record, _ in excused),
    )


def _excused(evidence: Evidence) -> list[tuple[ConnectionRecord, OwnTrouble]]:
    if not evidence.own.facts and not any(record.misses["ws"].total for record in evidence.unexplained):
        return []
    found = [(record, trouble) for record in evidence.unexplained if (trouble := _excuse(evidence, record))]
    excused = {record.serial for record, _ in found}
    return [pair for pair in found if _is_sure(*pair) or not _is_usual(evidence, pair[0], excused)]


def _is_sure(record: ConnectionRecord, trouble: OwnTrouble) -> bool:
    return was_given_up(_verdict(record)) or trouble.duration_ns >= _LONG_NS


def _is_usual(evidence: Evidence, record: ConnectionRecord, excused: set[int]) -> bool:
    """True if others ended like this while we ran well: then it was not for our being late."""
    how = _how(record)
    return sum(_how(other) == how for other in evidence.unexplained if other.serial not in excused) >= _USUAL


def _how(record: ConnectionRecord) -> tuple[str, int | None]:
    return _verdict(record).mechanism, _verdict(record).received_code


def _verdict(record: ConnectionRecord) -> Verdict:
    assert record.verdict is not None
    return record.verdict


def _excuse(evidence: Evidence, record: ConnectionRecord) -> OwnTrouble | None:
    verdict = record.verdict
    assert verdict is not None
    if was_given_up(verdict) and verdict.by == "heartbeat":
        timeout_ns = to_ns(evidence.config.ping.timeout_s)
        miss = record.misses["ws"].last
        if miss is not None and _is_ours(miss) and record.ended_ns - miss.at_ns < timeout_ns:
            return OwnTrouble("lag", miss.at_ns, miss.lag_ns)
        least_ns = max(round(_SHARE * timeout_ns), 100_000_000)
        return evidence.own.stall_before(record.ended_ns - verdict.silence_rx_ns, record.ended_ns, least_ns=least_ns)
    if _may_be_impatience(verdict):
        since_ns = record.ended_ns - _LOOK_BACK_NS
        quiet_ns = record.ended_ns - max(verdict.silence_tx_ns, 2 * _PEER_PATIENCE_NS)
        return evidence.own.stall_before(max(since_ns, quiet_ns), record.ended_ns, least_ns=_PEER_PATIENCE_NS)
    return None


def _may_be_impatience(verdict: Verdict) -> bool:
    """The peer may have ended it because it heard nothing from us."""
    return verdict.initiator == "peer" and (
        verdict.received_code in (None, 1001, 1002, 1006, 1011) or (verdict.received_code or 0) >= 3000
    )


def _our_misses(evidence: Evidence, record: ConnectionRecord) -> list[HeartbeatMissed]:
    last = [missed.last for missed in record.misses.values() if missed.last is not None]
    return [miss for miss in last if _is_ours(miss) and evidence.now_ns - miss.at_ns < _RECENT_NS]


def _is_ours(miss: HeartbeatMissed) -> bool:
    return miss.lag_ns >= _SHARE * miss.waited_ns


def _closure_row(record: ConnectionRecord, trouble: OwnTrouble) -> EvidenceRow:
    word = "stopped" if trouble.kind == "stall" else "late"
    return closure_row(record, f"this process was {word} for {duration(trouble.duration_ns)} then")


def _miss_row(record: ConnectionRecord, miss: HeartbeatMissed) -> EvidenceRow:
    return at(record, miss.at_ns, f"a heartbeat counted as missed while our loop ran {duration(miss.lag_ns)} late")


RULE = Rule(
    id="local_stall",
    title="stall of this monitor",
    judge=judge,
    needs=needs.ends_or_misses,
    source="websockets issue 625",
    reads="own loop lag and stops before a closure or missed heartbeat",
    look_alikes=(
        LookAlike("path_dead", "our own loop ran late when it happened"),
        LookAlike("peer_stuck", "our own loop ran late when it happened"),
    ),
)
