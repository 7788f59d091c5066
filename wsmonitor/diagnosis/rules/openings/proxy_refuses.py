"""The forward proxy answers CONNECT with an error: it does not let us through, or does not reach the server."""

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.openings.failed_openings import failing, opening_match, place, proxy_of
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule
from wsmonitor.facts.events import OpenFailed
from wsmonitor.text.plain_text import visible

_NO_TUNNEL = "no tunnel: "
_WORDS = {
    403: ("does not allow it", "Ask for the rule that forbids this host and port in the proxy's configuration."),
    405: ("does not take CONNECT", "Use a proxy that passes CONNECT on for this port."),
    407: ("wants credentials", "Give user and password in the proxy's URL."),
    500: ("could not reach it", "Look whether the server is up as seen from the proxy, and into the proxy's log."),
    502: ("could not reach it", "Look whether the server is up as seen from the proxy, and into the proxy's log."),
    503: ("could not reach it", "Look whether the server is up as seen from the proxy, and into the proxy's log."),
    504: ("got no answer from it", "Look whether the server is up as seen from the proxy, and into the proxy's log."),
}


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_of_proxy)
    if not failures:
        return None
    event = failures[-1].event
    if event.status is None:
        return opening_match(
            evidence,
            failures,
            sentence=f"The proxy {proxy_of(event)} gives no tunnel to {place(evidence, event)}: "
            f"{visible(event.error.partition(_NO_TUNNEL)[2], 100)}.",
            fix="Read the proxy's log and its rules, and look whether the server is up as seen from it. The "
            "application behind it was not asked.",
        )
    what, fix = _WORDS.get(event.status, ("refuses", "Read the proxy's log and its rules."))
    return opening_match(
        evidence,
        failures,
        sentence=f"The proxy {proxy_of(event) or 'on the way'} answers CONNECT to {place(evidence, event)} with HTTP "
        f"{event.status}: it {what}.",
        fix=f"{fix} The application behind it was not asked.",
    )


def _is_of_proxy(event: OpenFailed) -> bool:
    if event.phase != "tcp" or "proxy" not in event.detail:
        return False
    return _NO_TUNNEL in event.error if event.status is None else event.status >= 400


RULE = Rule(
    id="proxy_refuses",
    title="refused by the proxy",
    judge=judge,
    source="RFC 9110, 9.3.6 (CONNECT)",
    reads="answers of a forward proxy to CONNECT",
    openings=_is_of_proxy,
    look_alikes=(
        LookAlike("handshake_refused", "the server's application was never asked"),
        LookAlike("upstream_down", "the error answers CONNECT, not the upgrade"),
    ),
)
