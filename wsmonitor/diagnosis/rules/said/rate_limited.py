"""The server says that we come too often, send too much, used up a quota, or should try again later."""

import re

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, stated_support
from wsmonitor.diagnosis.rules.candidates import said_words, those
from wsmonitor.diagnosis.rules.openings.failed_openings import failing, worked_since
from wsmonitor.diagnosis.rules.ourselves.wanted_slower import asks_to_slow_down, ended_for_too_much, ended_until_later
from wsmonitor.diagnosis.rules.rows import closure_rows, failure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rival, Rule
from wsmonitor.facts.events import Verdict
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import duration

_QUOTA = re.compile(r"quota|message limit|limit reached", re.IGNORECASE)
_OF_WHAT = 0.8
"""What is counted is not said."""
_RIVALS = (Rival("count_limit", "it may count messages"), Rival("volume_limit", "it may count bytes"))


def judge(evidence: Evidence) -> Judgement:
    codes = evidence.config.codes
    records = those(
        evidence.unexplained, lambda verdict: ended_for_too_much(verdict, codes) or ended_until_later(verdict)
    )
    failures = failing(evidence, asks_to_slow_down)
    if not records and not failures:
        return None
    told_ns = next((one.event.retry_after_ns for one in reversed(failures) if one.event.retry_after_ns), None)
    wait = f" It asks to wait {duration(told_ns)}." if told_ns else ""
    if failures and not records:
        sentence = f"The server refuses new connections because there were too many.{wait}"
    elif not failures and all(record.verdict and not ended_for_too_much(record.verdict, codes) for record in records):
        sentence = (
            "The server is overloaded or not ready: it ends connections and says to come back later (Close 1013)."
        )
    else:
        sentence = f"The server ends connections because of too much traffic{said_words(records)}.{wait}"
    quota = [one for one in records if one.verdict and _QUOTA.search(one.verdict.received_reason or "")]
    is_quota = bool(records) and len(quota) == len(records)
    if is_quota:
        said = visible(quota[-1].verdict.received_reason or "", 60) if quota[-1].verdict else ""
        sentence = f"The server says that a quota of this connection is used up: “{said}”.{wait}"
    rows = sorted(closure_rows(records) + failure_rows(failures), key=lambda row: row.at_ns, reverse=True)
    return Match(
        sentence=sentence,
        confidence=Confidence(support=stated_support(len(rows)), exclusivity=_OF_WHAT if is_quota else 1.0),
        rivals=_RIVALS if is_quota else (),
        evidence=tuple(rows[:6]),
        counter_evidence=worked_since(evidence, failures) if failures and not records else (),
        fix="Look for what is counted: messages, bytes or time per connection; reconnect before it is used up."
        if is_quota
        else "Send and reconnect more slowly: honour Retry-After, wait at least 10 s, and spread clients.",
        explains=frozenset([record.serial for record in records] + [failure.serial for failure in failures]),
    )


def _may_speak(verdict: Verdict) -> bool:
    return verdict.initiator == "peer" and verdict.received_code is not None


RULE = Rule(
    id="rate_limited",
    title="rate limited",
    judge=judge,
    source="RFC 6585, 4 (429); IANA 1013 Try Again Later; graphql-ws 4429; Discord 4008",
    reads="status, body and Retry-After of failed openings; codes and reasons of Close frames",
    endings=_may_speak,
    openings=asks_to_slow_down,
    look_alikes=(
        LookAlike("policy_refusal", "the words speak of a number, not of permission"),
        LookAlike("upstream_down", "the answer says that there were too many"),
    ),
)
