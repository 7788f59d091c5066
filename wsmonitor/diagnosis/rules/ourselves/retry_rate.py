"""More than one opening in ten fails (failure story 5 asks for this alarm)."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, support
from wsmonitor.diagnosis.rules.rows import failure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.text.units import percent

LEAST_ATTEMPTS = 10
ALARM = 0.1


def judge(evidence: Evidence) -> Judgement:
    if not evidence.failures:
        return None
    failures = evidence.unexplained_failures
    own = len(evidence.failures) - len(failures)  # while we slept or had no network
    attempts = len(evidence.attempts) - own
    failed = sum(not opened for opened in evidence.attempts) - own
    if attempts < LEAST_ATTEMPTS or failed <= ALARM * attempts or not failures:
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


RULE = Rule(
    id="retry_rate",
    title="many failing openings",
    severity="warning",
    judge=judge,
    reads="which of the last 100 openings failed",
    samples=LEAST_ATTEMPTS,
    look_alikes=(LookAlike("refused", "it describes how often, not why: see the other findings"),),
)
