"""The client opens a second connection and forgets the first, which lives on."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import ROWS
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule, TooFew
from wsmonitor.text.units import counted, duration

NEED = 2
LEAST_NS = 1_000_000_000


def judge(evidence: Evidence) -> Judgement:
    doubled = [one for one in evidence.clients.doubled if one.together_ns >= LEAST_NS]
    if not doubled:
        return None
    rows = tuple(
        EvidenceRow(
            text=f"process {one.pid} had two connections for {duration(one.together_ns)}, silent on the older one",
            at_ns=one.at_ns,
            connection=one.connection,
            slot=one.slot,
        )
        for one in reversed(doubled[-ROWS:])
    )
    if len(doubled) < NEED:
        return TooFew(have=len(doubled), need=NEED, evidence=rows)
    longest = max(one.together_ns for one in doubled)
    return Match(
        sentence="Your client opens a new connection without closing the old one: "
        f"{counted(len(doubled), 'time')}, for up to {duration(longest)} together.",
        confidence=Confidence(support=support(len(doubled))),
        evidence=rows,
        fix="Close or abort the old connection before you open another, and let only one attempt run at a time.",
    )


RULE = Rule(
    id="never_closes_the_old",
    title="an old connection that is forgotten",
    severity="warning",
    judge=judge,
    needs=needs.was_tap,
    reads="on a tap: connections of one process that overlap, the older one unused since",
    samples=NEED,
    look_alikes=(LookAlike("duplicate_client", "the client keeps the older one open itself"),),
)
