"""The server, or something in front of it, answers the upgrade with a refusal of its own."""

from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.rules.failed_openings import failing, opening_match
from wsmonitor.analysis.rules.rule import Judgement, Rule
from wsmonitor.analysis.rules.wanted_slower import asks_to_slow_down
from wsmonitor.events import OpenFailed
from wsmonitor.plain_text import visible

STATUSES = frozenset({401, 402, 403, 404, 405, 406, 407, 410, 421, 451})
_ADVICE = {
    401: "Credentials are missing or wrong: check the Authorization header, cookie or token and its expiry.",
    403: "The application refused before accepting (uvicorn and others answer 403 for a close before accept), or an "
    "Origin check or a firewall did: check Origin, cookie and token.",
    404: "There is no WebSocket at this path: check path and query, also behind a proxy that rewrites them.",
    405: "The path exists but takes no upgrade: check the path.",
    407: "The proxy wants credentials: give them in the proxy's URL.",
    410: "The service at this path was removed: look for its new address.",
}


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_refusal)
    if not failures:
        return None
    event = failures[-1].event
    if _is_loop(event):
        return opening_match(
            evidence,
            failures,
            sentence=f"The upgrade is never answered but by further redirects: {visible(event.error, 80)}.",
            fix="Use the address that the redirects should end at; look for two rules on the way that send each other "
            "the request (http to https and back, with and without www or a final slash).",
        )
    server = event.detail.get("server", "")
    who = f" (Server: {visible(server, 40)})" if server else ""
    fix = _ADVICE.get(event.status or 0, "Read the body of the answer: it usually names what is refused.")
    if "cf-mitigated" in event.detail:
        fix = "The header cf-mitigated says that Cloudflare's firewall refused: allow this client there."
    return opening_match(evidence, failures, sentence=f"The upgrade is refused with HTTP {event.status}{who}.", fix=fix)


def _is_loop(event: OpenFailed) -> bool:
    return event.phase == "http" and "redirects" in event.error


def _is_refusal(event: OpenFailed) -> bool:
    return _is_loop(event) or (event.status in STATUSES and not asks_to_slow_down(event))


RULE = Rule(
    id="handshake_refused",
    title="upgrade refused",
    severity="problem",
    judge=judge,
    source="diagnosis.md B 22; RFC 6455, 4.2.2; uvicorn answers 403 for a close before accept",
    reads="status and headers of the answer to the upgrade",
    samples=1,
    openings=_is_refusal,
)
