"""More than one opening in ten fails (failure story 5 asks for this alarm)."""

from collections.abc import Sequence
from itertools import pairwise

from wsmonitor.diagnosis.evidence import Evidence, Failure
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, support
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import failure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.text.units import percent

LEAST_ATTEMPTS = 10
ALARM = 0.1
_QUIET_NS, _PAUSES = 300_000_000_000, 3
"""After so long without a failure, and so many of the usual pauses between them, they fail no more."""


def judge(evidence: Evidence) -> Judgement:
    if not evidence.failures:
        return None
    failures = evidence.unexplained_failures
    own = len(evidence.failures) - len(failures)  # while we slept or had no network
    attempts = len(evidence.attempts) - own
    failed = sum(not opened for opened in evidence.attempts) - own
    if attempts < LEAST_ATTEMPTS or failed <= ALARM * attempts or not failures:
        return None
    if evidence.now_ns - failures[-1].at_ns > max(_QUIET_NS, _PAUSES * _usual_pause_ns(failures)):
        return None
    share = failed / attempts
    text = f"{failed} of the last {attempts} openings failed"
    row = EvidenceRow(text=text, at_ns=failures[-1].at_ns, connection=failures[-1].connection, slot=failures[-1].slot)
    return Match(
        sentence=f"{percent(share)} of the openings fail: {text}.",
        confidence=Confidence(support=support(failed)),
        evidence=(row, *failure_rows(failures[-3:])),
        fix="See the other findings for the cause; users feel this as slow or failing connects.",
    )


def _usual_pause_ns(failures: Sequence[Failure]) -> int:
    pauses = sorted(later.at_ns - earlier.at_ns for earlier, later in pairwise(failures))
    return pauses[len(pauses) // 2] if pauses else 0


RULE = Rule(
    id="retry_rate",
    title="many failing openings",
    severity="warning",
    judge=judge,
    needs=needs.ends,
    reads="which of the last 100 openings failed",
    samples=LEAST_ATTEMPTS,
    is_of_now=True,
    look_alikes=(LookAlike("refused", "it describes how often, not why: see the other findings"),),
)
