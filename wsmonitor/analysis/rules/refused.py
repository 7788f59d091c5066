"""Nothing listens on the port: the other machine answered the TCP handshake with RST."""

from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.rules.failed_openings import failing, opening_match
from wsmonitor.analysis.rules.rule import Judgement, Rule
from wsmonitor.events import OpenFailed
from wsmonitor.plain_text import visible


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_refused)
    if not failures:
        return None
    proxy = visible(failures[-1].event.detail.get("proxy", ""))
    where = f"the proxy's address {proxy}" if proxy else evidence.config.host_port
    return opening_match(
        evidence,
        failures,
        sentence=f"The connection is refused: nothing listens on {where}.",
        fix="Start the server, or check host, port and container port mapping. A server that listens only on "
        "127.0.0.1 or only on IPv6 looks like this from elsewhere.",
    )


def _is_refused(event: OpenFailed) -> bool:
    return event.phase == "tcp" and "refused" in event.error.lower()


RULE = Rule(
    id="refused",
    title="connection refused",
    severity="problem",
    judge=judge,
    source="diagnosis.md B 29; RFC 9293, 3.10.7",
    reads="failed openings in the TCP phase",
    samples=1,
    openings=_is_refused,
)
