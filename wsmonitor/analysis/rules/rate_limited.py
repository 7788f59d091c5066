"""The server says that we come too often, send too much, or used up a quota."""

from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.findings import Confidence, stated_support
from wsmonitor.analysis.rules.failed_openings import failing, worked_since
from wsmonitor.analysis.rules.rows import closure_rows, failure_rows
from wsmonitor.analysis.rules.rule import Judgement, Match, Rule
from wsmonitor.analysis.rules.wanted_slower import asks_to_slow_down, ended_for_too_much
from wsmonitor.analysis.units import duration
from wsmonitor.events import Verdict


def judge(evidence: Evidence) -> Judgement:
    profile = evidence.config.profile
    records = [
        record
        for record in evidence.unexplained
        if record.verdict is not None and ended_for_too_much(record.verdict, profile)
    ]
    failures = failing(evidence, asks_to_slow_down)
    if not records and not failures:
        return None
    told_ns = next((one.event.retry_after_ns for one in reversed(failures) if one.event.retry_after_ns), None)
    wait = f" It asks to wait {duration(told_ns)}." if told_ns else ""
    if failures and not records:
        sentence = f"The server refuses new connections because there were too many.{wait}"
    else:
        sentence = f"The server ends connections because of too much traffic.{wait}"
    rows = sorted(closure_rows(records) + failure_rows(failures), key=lambda row: row.at_ns, reverse=True)
    return Match(
        sentence=sentence,
        confidence=Confidence(support=stated_support(len(rows))),
        evidence=tuple(rows[:6]),
        counter_evidence=worked_since(evidence, failures) if failures and not records else (),
        fix="Send and reconnect more slowly: honour Retry-After, wait at least 10 s, and spread clients.",
        explains=frozenset([record.serial for record in records] + [failure.serial for failure in failures]),
    )


def _may_speak(verdict: Verdict) -> bool:
    return verdict.initiator == "peer" and verdict.received_code is not None


RULE = Rule(
    id="rate_limited",
    title="rate limited",
    severity="problem",
    judge=judge,
    source="diagnosis.md B 21; RFC 6585, 4 (429); graphql-ws 4429",
    reads="status, body and Retry-After of failed openings; codes and reasons of Close frames",
    samples=1,
    endings=_may_speak,
    openings=asks_to_slow_down,
)
