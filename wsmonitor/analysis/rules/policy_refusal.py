"""The server ends the connection because it does not want this client: credentials, origin, policy."""

from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.rules.codes import code_match
from wsmonitor.analysis.rules.refusal_words import says_unwanted
from wsmonitor.analysis.rules.rule import Judgement, Rule
from wsmonitor.events import Verdict
from wsmonitor.plain_text import visible


def judge(evidence: Evidence) -> Judgement:
    profile = evidence.config.profile
    records = [
        record
        for record in evidence.unexplained
        if record.verdict is not None and says_unwanted(record.verdict, profile)
    ]
    if not records:
        return None
    newest = records[-1].verdict
    assert newest is not None
    assert newest.received_code is not None
    said = newest.received_reason or evidence.config.codes.name(newest.received_code)
    return code_match(
        evidence,
        records,
        sentence=f"The server refuses this client: Close {newest.received_code} “{visible(said, 100)}”.",
        fix="Check token and its expiry, Origin, and the permissions of this client. The same connection will be "
        "refused again until that changes.",
    )


def _may_refuse(verdict: Verdict) -> bool:
    return verdict.initiator == "peer" and verdict.received_code is not None


RULE = Rule(
    id="policy_refusal",
    title="refused by policy",
    severity="problem",
    judge=judge,
    source="diagnosis.md B 20; RFC 6455, 7.4.1; IANA 3000 and 3003; graphql-ws 4401 and 4403",
    reads="codes and reasons of Close frames",
    samples=1,
    endings=_may_refuse,
)
