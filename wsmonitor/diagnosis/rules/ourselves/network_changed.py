"""The local address changed: Wi-Fi, VPN or cable; connections of the old address die."""

from wsmonitor.diagnosis.evidence import Evidence, Failure
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, stated_support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.openings.no_route import is_no_route
from wsmonitor.diagnosis.rules.rows import closure_row, failure_row
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.facts.events import NetworkChanged
from wsmonitor.facts.own_troubles import SETTLE_NS, changed_before
from wsmonitor.text.plain_text import visible


def judge(evidence: Evidence) -> Judgement:
    if not evidence.network:
        return None
    rows: list[EvidenceRow] = []
    explained = set[int]()
    for record in evidence.unexplained:
        assert record.verdict is not None
        if record.verdict.received_code is not None:
            continue  # whoever said goodbye was reached
        change = changed_before(evidence.network, record.ended_ns - record.verdict.silence_rx_ns, record.ended_ns)
        if change is not None and change.at_ns > record.opened_ns:
            rows.append(closure_row(record, _words(change)))
            explained.add(record.serial)
    for failure in evidence.unexplained_failures:
        if _is_of_the_change(evidence, failure):
            rows.append(failure_row(failure))
            explained.add(failure.serial)
    if not rows:
        return None
    rows.sort(key=lambda row: row.at_ns, reverse=True)
    return Match(
        sentence="The network of this machine changed, and connections from the old address did not survive it.",
        confidence=Confidence(support=stated_support(len(rows))),
        evidence=tuple(rows[:6]),
        fix="Nothing is wrong with the peer. Reconnecting at once is right; it has been done.",
        explains=frozenset(explained),
    )


def _is_of_the_change(evidence: Evidence, failure: Failure) -> bool:
    """True shortly after any change, and while there was no address at all, unless the error itself says as much."""
    before = [event for event in evidence.network if event.at_ns <= failure.at_ns]
    if not before:
        return False
    if failure.at_ns - before[-1].at_ns <= SETTLE_NS:
        return True
    return not before[-1].new_address and not is_no_route(failure.event)


def _words(change: NetworkChanged) -> str:
    old, new = visible(change.old_address) or "none", visible(change.new_address) or "none"
    return f"the local address changed from {old} to {new}"


RULE = Rule(
    id="network_changed",
    title="change of the network",
    severity="info",
    judge=judge,
    needs=needs.ends,
    source="RFC 9293, 4 (a connection is identified by a pair of sockets)",
    reads="changes of the local address before a closure or failed opening",
    look_alikes=(LookAlike("path_dead", "the local address was another one afterwards"),),
)
