"""An opening that nobody answers: not the TCP handshake, or, once TCP stands, not the upgrade request."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.openings.failed_openings import failing, opening_match, place, proxy_of
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule
from wsmonitor.facts.events import OpenFailed

_HTTP_DOUBT = 0.9
"""The server, a proxy or something else altogether: nothing was heard of it."""


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, is_unanswered)
    if not failures:
        return None
    event = failures[-1].event
    where, proxy = place(evidence, event), proxy_of(event)
    if event.phase == "http":
        way = f"The proxy {proxy} lets us through to {where}" if proxy else f"TCP connects to {where}"
        return opening_match(
            evidence,
            failures,
            sentence=f"{way}, but the upgrade request is never answered.",
            past=f"The upgrade request to {where} was not answered.",
            fix="A server whose event loop is blocked or that accepts nothing more (a full backlog looks connected), "
            "a port that speaks something else and waits for the client, or a proxy whose upstream hangs.",
            doubt=_HTTP_DOUBT,
        )
    if proxy:
        return opening_match(
            evidence,
            failures,
            sentence=f"No way to {where} opens in time through the proxy {proxy}.",
            past=f"No way to {where} opened in time through the proxy {proxy}.",
            fix="Either the proxy does not answer, or what it connects to does not: ask its log, try another target.",
            doubt=_HTTP_DOUBT,
        )
    return opening_match(
        evidence,
        failures,
        sentence=f"Nothing answers at {where}: the TCP handshake times out.",
        past=f"Nothing answered at {where}: the TCP handshake timed out.",
        fix="A firewall or security group that drops packets, a wrong address or route, or a host that is off. A "
        "machine that were there without a server would have refused at once.",
    )


def is_unanswered(event: OpenFailed) -> bool:
    """True for an opening that timed out without an answer, of TCP or to the upgrade."""
    return event.phase in ("tcp", "http") and event.status is None and "timed out" in event.error.lower()


RULE = Rule(
    id="connect_timeout",
    title="no answer to connect",
    judge=judge,
    source="RFC 9293, 3.10.7.1 (an open host without a listener resets); firewalls that drop packets",
    reads="the phase in which an opening timed out",
    openings=is_unanswered,
    look_alikes=(
        LookAlike("refused", "nothing answered, not even with RST"),
        LookAlike("no_route", "no ICMP error and no local error came"),
    ),
)
