"""Nothing listens on the port: the other machine answered the TCP handshake with RST."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.openings.failed_openings import failing, opening_match, place, proxy_of
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule
from wsmonitor.facts.events import OpenFailed


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_refused)
    if not failures:
        return None
    event = failures[-1].event
    proxy = proxy_of(event)
    where = f"the proxy's address {proxy}" if proxy else place(evidence, event)
    return opening_match(
        evidence,
        failures,
        sentence=f"The connection is refused: nothing listens on {where}, or a firewall rejects it.",
        past=f"The connection was refused: nothing listened on {where}, or a firewall rejected it.",
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
    source="RFC 9293, 3.10.7.1: a reset answers a SYN for which nothing listens",
    reads="failed openings in the TCP phase",
    samples=1,
    openings=_is_refused,
    look_alikes=(
        LookAlike("connect_timeout", "an answer came, and it was RST"),
        LookAlike("no_route", "an answer came from the address itself"),
    ),
)
