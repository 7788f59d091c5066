"""Nothing listens on the port: the other machine answered the TCP handshake with RST."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence, Failure
from wsmonitor.diagnosis.rules.openings.failed_openings import failing, opening_match, place, proxy_of
from wsmonitor.diagnosis.rules.rows import closure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule
from wsmonitor.facts.events import OpenFailed

_JUST_BEFORE_NS = 3_000_000_000


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_refused)
    if not failures:
        return None
    event = failures[-1].event
    proxy = proxy_of(event)
    where = f"the proxy's address {proxy}" if proxy else place(evidence, event)
    lost = [] if proxy else _lost_with_it(evidence, failures)
    if lost:
        ends = f"{len(lost)} connections ended" if len(lost) > 1 else "the last connection ended"
        return opening_match(
            evidence,
            failures,
            sentence=f"The server went away: {ends}, and nothing listens on {where} since.",
            past=f"The server went away for a while: {ends}, and nothing listened on {where}.",
            fix="Look at why it ended (its log, its supervisor, memory), and start it again. A firewall that rejects "
            "from one moment on looks the same.",
            more=closure_rows(lost),
        )
    return opening_match(
        evidence,
        failures,
        sentence=f"The connection is refused: nothing listens on {where}, or a firewall rejects it.",
        past=f"The connection was refused: nothing listened on {where}, or a firewall rejected it.",
        fix="Start the server, or check host, port and container port mapping. A server that listens only on "
        "127.0.0.1 or only on IPv6 looks like this from elsewhere.",
    )


def _lost_with_it(evidence: Evidence, failures: list[Failure]) -> list[ConnectionRecord]:
    """The connections that the peer ended, all that there were, right before the first of the last refusals."""
    opened_ns = evidence.last_opened_ns or 0
    first_ns = next((one.at_ns for one in failures if one.at_ns > opened_ns), failures[-1].at_ns)
    ended = [one for one in evidence.ended if first_ns - _JUST_BEFORE_NS <= one.ended_ns <= first_ns]
    gone = all(one.verdict is not None and one.verdict.initiator == "peer" for one in ended)
    return ended if gone and not evidence.live else []


def _is_refused(event: OpenFailed) -> bool:
    return event.phase == "tcp" and "refused" in event.error.lower()


RULE = Rule(
    id="refused",
    title="connection refused",
    judge=judge,
    source="RFC 9293, 3.10.7.1: a reset answers a SYN for which nothing listens",
    reads="failed openings in the TCP phase",
    openings=_is_refused,
    look_alikes=(
        LookAlike("connect_timeout", "an answer came, and it was RST"),
        LookAlike("no_route", "an answer came from the address itself"),
    ),
)
