"""An opening that nobody answers: not the TCP handshake, or, once TCP stands, not the upgrade request."""

from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.rules.failed_openings import failing, opening_match
from wsmonitor.analysis.rules.rule import Judgement, Rule
from wsmonitor.events import OpenFailed

_HTTP_DOUBT = 0.9
"""The server, a proxy or something else altogether: nothing was heard of it."""


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_unanswered)
    if not failures:
        return None
    if failures[-1].event.phase == "http":
        return opening_match(
            evidence,
            failures,
            sentence=f"TCP connects to {evidence.config.host_port}, but the upgrade request is never answered.",
            fix="A server whose event loop is blocked or that accepts nothing more (a full backlog looks connected), "
            "a port that speaks something else and waits for the client, or a proxy whose upstream hangs.",
            doubt=_HTTP_DOUBT,
        )
    return opening_match(
        evidence,
        failures,
        sentence=f"Nothing answers at {evidence.config.host_port}: the TCP handshake times out.",
        fix="A firewall or security group that drops packets, a wrong address or route, or a host that is off. A "
        "machine that were there without a server would have refused at once.",
    )


def _is_unanswered(event: OpenFailed) -> bool:
    return event.phase in ("tcp", "http") and event.status is None and "timed out" in event.error.lower()


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
