"""The TCP handshake is not answered at all: dropped by a firewall, a wrong route, a host that is off."""

from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.rules.failed_openings import failing, opening_match
from wsmonitor.analysis.rules.rule import Judgement, Rule
from wsmonitor.events import OpenFailed


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_unanswered)
    if not failures:
        return None
    return opening_match(
        evidence,
        failures,
        sentence=f"Nothing answers at {evidence.config.host_port}: the TCP handshake times out.",
        fix="A firewall or security group that drops packets, a wrong address or route, or a host that is off. A "
        "machine that were there without a server would have refused at once.",
    )


def _is_unanswered(event: OpenFailed) -> bool:
    return event.phase == "tcp" and "timed out" in event.error.lower()


RULE = Rule(
    id="connect_timeout",
    title="no answer to connect",
    severity="problem",
    judge=judge,
    source="diagnosis.md B 30",
    reads="the phase in which an opening timed out",
    samples=1,
    openings=_is_unanswered,
)
