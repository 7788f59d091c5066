"""The client does not read what comes: it waits in the tap, and the server waits too."""

from wsmonitor.diagnosis.clients import Backlog
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, stated_support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import ROWS
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.text.units import duration, size

LEAST_NS = 3_000_000_000


def judge(evidence: Evidence) -> Judgement:
    running = [
        Backlog(evidence.now_ns, now.slot, now.connection, evidence.now_ns - now.waits_since_ns, now.waiting_bytes)
        for now in evidence.clients.now.values()
        if now.waits_since_ns is not None and not now.is_forced
    ]
    long = [one for one in (*evidence.clients.backlogs, *running) if one.lasted_ns >= LEAST_NS]
    if not long:
        return None
    longest = max(long, key=lambda one: one.lasted_ns)
    return Match(
        sentence=f"Your client did not read for {duration(longest.lasted_ns)}, while {size(longest.waiting_bytes)} "
        "waited for it in the tap, and more in the kernel before it.",
        confidence=Confidence(support=stated_support(len(long))),
        evidence=tuple(
            EvidenceRow(
                text=f"{size(one.waiting_bytes)} waited for {duration(one.lasted_ns)}",
                at_ns=one.at_ns,
                connection=one.connection,
                slot=one.slot,
            )
            for one in reversed(long[-ROWS:])
        ),
        fix="Find what blocks the client while messages come (work in the message handler, a full queue); its pongs "
        "wait behind it as well.",
    )


RULE = Rule(
    id="client_does_not_read",
    title="a client that does not read",
    severity="warning",
    judge=judge,
    needs=needs.was_tap,
    reads="on a tap: bytes that wait for the client",
    look_alikes=(LookAlike("slow_consumer", "what waits is what the server sent, not what we sent"),),
)
