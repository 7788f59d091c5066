"""Our heartbeat comes at about the same time as the idle limit: now one wins, now the other."""

from wsmonitor.diagnosis.clusters import MIN_SAMPLES
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import may_be_timed
from wsmonitor.diagnosis.rules.rows import closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.diagnosis.rules.timers.heartbeat import interval_ns as heartbeat_interval_ns
from wsmonitor.diagnosis.rules.timers.idle_limits import RACE_FROM, RACE_TO, find
from wsmonitor.diagnosis.rules.timers.idle_timeout import confidence
from wsmonitor.text.units import duration


def judge(evidence: Evidence) -> Judgement:
    interval_ns = heartbeat_interval_ns(evidence)
    if interval_ns is None:
        return None
    limit = find(evidence)
    if limit is None or limit.is_age_as_well or limit.direction == "data":
        return None  # no beat has ever won, or none counts, so it is no race
    if not RACE_FROM * limit.limit_ns <= interval_ns <= RACE_TO * limit.limit_ns:
        return None
    return Match(
        sentence=f"The heartbeat comes every {duration(interval_ns)}, and the path hangs up after "
        f"{duration(limit.limit_ns)} of silence: a race that it sometimes loses.",
        confidence=confidence(limit),
        evidence=closure_rows(limit.members),
        fix=f"Beat at most every {duration(limit.limit_ns / 2)}.",
        limit_ns=limit.limit_ns,
    )


RULE = Rule(
    id="keepalive_race",
    title="heartbeat in a race with an idle limit",
    severity="warning",
    judge=judge,
    source="mattermost/docs issue 8929 (both 60 s)",
    reads="the ping interval; silences before closures",
    samples=MIN_SAMPLES,
    endings=may_be_timed,
    look_alikes=(LookAlike("idle_timeout", "some heartbeats came in time, and others did not"),),
)
