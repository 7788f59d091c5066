"""Connections end at the same age whatever happens on them: a lifetime limit. No heartbeat helps."""

from wsmonitor.diagnosis.clusters import MIN_SAMPLES
from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import LEAST_CONFIDENCE, Confidence, EvidenceRow, share_exclusivity, support
from wsmonitor.diagnosis.rules.ages import LEAST_NS, common_age, is_outlived
from wsmonitor.diagnosis.rules.candidates import may_be_timed, reaction_ns, timed
from wsmonitor.diagnosis.rules.clock import is_by_the_clock
from wsmonitor.diagnosis.rules.known_limits import hint
from wsmonitor.diagnosis.rules.patterns import idle_limits
from wsmonitor.diagnosis.rules.patterns.count_limit import LEAST_RECEIVED
from wsmonitor.diagnosis.rules.rows import at, closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, Match, Rule, TooFew
from wsmonitor.text.units import duration

TOLERANCE = 0.02
SHARE = 0.4
"""Of the endings that it could explain, a limit explains at least so many."""
_DOUBT = 0.7
"""Where the same endings agree in something else as well."""
_ALIKE = 0.1
"""Ages this near are asked whether the clock explains them as well: all of them, not only those that agree best."""


def judge(evidence: Evidence) -> Judgement:
    records = timed(evidence)

    cluster = common_age(evidence, records, TOLERANCE)
    if cluster is None:
        return _too_few(records)
    members = [records[index] for index in cluster.members]
    if len(members) < SHARE * len(records) or is_outlived(evidence, members):
        return None
    alike = [record for record in records if abs(record.life_ns - cluster.middle) <= _ALIKE * cluster.middle]
    if is_by_the_clock(alike, [record.life_ns for record in alike], evidence.ended):
        return None
    shown = duration(cluster.middle)
    counter = _rivals(evidence, members)
    exclusivity = share_exclusivity(len(members), len(records)) * (_DOUBT if counter else 1.0)
    if len(members) < len(records):
        text = f"{len(records) - len(members)} of {len(records)} endings came at another age"
        counter += (at(members[-1], members[-1].closed_ns, text),)
    confidence = Confidence(
        support=support(len(members)),
        spread=cluster.closeness * cluster.certainty,
        exclusivity=exclusivity,
    )
    if confidence.value < LEAST_CONFIDENCE:
        return None
    return Match(
        sentence=f"Connections end at an age of {shown}, however busy they are: a lifetime limit.",
        confidence=confidence,
        evidence=closure_rows(members, lambda record: f"{record.data_tx + record.data_rx:,} messages passed"),
        counter_evidence=counter,
        fix=f"No heartbeat helps. Raise the limit (a proxy's or load balancer's timeout, a token's expiry, a read "
        f"deadline that nothing resets), or reconnect by yourself after {duration(0.9 * cluster.middle)}."
        + hint(cluster.middle / 1e9, frozenset({"lifetime"})),
        explains=frozenset(record.serial for record in members),
        limit_ns=round(cluster.middle),
    )


def _rivals(evidence: Evidence, members: list[ConnectionRecord]) -> tuple[EvidenceRow, ...]:
    """What else the same endings agree in."""
    rows = []
    newest = members[-1]
    for limit in idle_limits.candidates(evidence):
        if len(limit.members) >= len(members):
            text = f"they ended after equal silences of {duration(limit.limit_ns)} as well: other traffic would tell"
            rows.append(at(newest, newest.closed_ns, text))
            break
    numbers = {record.data_rx for record in members}
    if len(numbers) == 1 and newest.data_rx >= LEAST_RECEIVED and all(_ends_on_a_message(one) for one in members):
        text = f"each came right after message {newest.data_rx:,} of the server: it may be a limit on their number"
        rows.append(at(newest, newest.closed_ns, text))
    return tuple(rows)


def _ends_on_a_message(record: ConnectionRecord) -> bool:
    assert record.verdict is not None
    return record.verdict.silence_rx_ns <= reaction_ns(record)


def _too_few(records: list[ConnectionRecord]) -> TooFew | None:
    """Two newest lives that agree make a third one interesting."""
    if len(records) < MIN_SAMPLES - 1:
        return None
    before, last = records[-2:]
    agree = abs(last.life_ns - before.life_ns) <= 2 * TOLERANCE * last.life_ns
    if last.life_ns < LEAST_NS or not agree or len(records) >= MIN_SAMPLES:
        return None
    return TooFew(have=2, need=MIN_SAMPLES, evidence=closure_rows([before, last]))


RULE = Rule(
    id="lifetime_limit",
    title="lifetime limit",
    severity="problem",
    judge=judge,
    source="gcpdiag LB/BP/2025_002; AWS API Gateway quotas",
    reads="ages of connections at their closure, and ages that were survived",
    samples=MIN_SAMPLES,
    endings=may_be_timed,
)
