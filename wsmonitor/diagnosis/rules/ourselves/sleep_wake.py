"""The machine slept: what was lost then is nobody's fault."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, stated_support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import closure_row, failure_row
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.facts.own_troubles import SETTLE_NS
from wsmonitor.text.units import duration


def judge(evidence: Evidence) -> Judgement:
    if not evidence.own.jumps:
        return None
    rows, explained = [], set[int]()
    for record in evidence.unexplained:
        assert record.verdict is not None
        quiet_ns = record.ended_ns - record.verdict.silence_rx_ns
        slept = evidence.own.sleep_before(quiet_ns, record.ended_ns)
        if slept is not None:
            rows.append(closure_row(record, f"the machine slept for {duration(slept.duration_ns)} before"))
            explained.add(record.serial)
    for failure in evidence.unexplained_failures:
        if evidence.own.sleep_before(failure.at_ns - SETTLE_NS, failure.at_ns) is not None:
            rows.append(failure_row(failure))
            explained.add(failure.serial)
    if not rows:
        return None
    rows.sort(key=lambda row: row.at_ns, reverse=True)
    return Match(
        sentence="This machine slept, and its connections did not survive it.",
        confidence=Confidence(support=stated_support(len(rows))),
        evidence=tuple(rows[:6]),
        fix="Nothing is wrong. Keep the machine awake to watch without gaps.",
        explains=frozenset(explained),
    )


RULE = Rule(
    id="sleep_wake",
    title="sleep of this machine",
    severity="info",
    judge=judge,
    needs=needs.ends,
    source="clock_gettime(2): CLOCK_BOOTTIME counts a suspend, CLOCK_MONOTONIC does not",
    reads="clock jumps of this machine before a closure or failed opening",
    look_alikes=(
        LookAlike("network_changed", "the clocks show a gap"),
        LookAlike("path_dead", "the end came just after this machine woke"),
    ),
)
