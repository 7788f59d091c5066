"""No way to the server: an ICMP error, or this machine's own routes or firewall, answers every attempt at once."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.openings.failed_openings import failing, opening_match, place
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule
from wsmonitor.facts.events import OpenFailed
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import duration

_MOMENT_NS = 4_000_000_000
"""So long an interface may need to come back."""


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, is_no_route)
    opened_ns = evidence.last_opened_ns or 0
    lately = [one for one in evidence.failures if one.at_ns > opened_ns and is_no_route(one.event)]
    if not failures or not lately or (len(lately) < 2 and evidence.now_ns - lately[0].at_ns < _MOMENT_NS):
        return None  # it comes and goes with every change of the network
    event = failures[-1].event
    where, said = place(evidence, event), visible(event.error.partition(": ")[2], 60)
    return opening_match(
        evidence,
        failures,
        sentence=f"There is no way to {where}: “{said}” after {duration(event.duration_ns)}.",
        fix="An answer within a millisecond comes from this machine or the next router: look at the routes (ip route "
        "get), the interface, the VPN and the firewall here; a later one from a router further on, or from nobody who "
        "owns that address.",
    )


def is_no_route(event: OpenFailed) -> bool:
    """True where the route, or its lack, answered the attempt."""
    return event.phase == "tcp" and event.error.startswith("no route")


RULE = Rule(
    id="no_route",
    title="no route",
    judge=judge,
    source="connect(2): EHOSTUNREACH, ENETUNREACH",
    reads="failed openings in the TCP phase",
    openings=is_no_route,
    look_alikes=(
        LookAlike("refused", "no host answered with RST"),
        LookAlike("connect_timeout", "the error came at once, not by a timeout"),
    ),
)
