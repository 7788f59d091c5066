"""The upgrade is answered with a refusal or a failure, with something that is no valid answer, or not at all."""

from msgspec import Struct
from msgspec.structs import replace

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.openings import upstream_down
from wsmonitor.diagnosis.rules.openings.failed_openings import elsewhere, failing, opening_match, plain_body
from wsmonitor.diagnosis.rules.openings.upgrade_stripped import is_plain_to_tls, is_stripped
from wsmonitor.diagnosis.rules.ourselves.wanted_slower import asks_to_slow_down
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rival, Rule
from wsmonitor.facts.events import OpenFailed
from wsmonitor.text.plain_text import visible

_ADVICE = {
    401: "Credentials are missing or wrong: check the Authorization header, cookie or token and its expiry.",
    403: "The application refused before accepting (uvicorn and others answer 403 for a close before accept), or an "
    "Origin check or a firewall did: check Origin, cookie and token.",
    404: "There is no WebSocket at this path, or the server did not see an upgrade: check path and query, and that a "
    "proxy in front of it passes the Upgrade and Connection headers on (nginx: proxy_http_version 1.1, "
    'proxy_set_header Upgrade $http_upgrade, Connection "upgrade") and does not rewrite the path.',
    405: "The path exists but takes no upgrade: check the path.",
    407: "The proxy wants credentials: give them in the proxy's URL.",
    410: "The service at this path was removed: look for its new address.",
    500: "Look for an exception in the server's log at these times: many servers answer 500 when the application "
    "raises before it accepts the WebSocket.",
}
_INVALID = ("the answer breaks the handshake", "the answer cannot be read")
_ENDED = "the connection before"
_NOT_FOUND = 0.85
_STRIPPED = (Rival("upgrade_stripped", "a server that sees no upgrade answers 404 for its WebSocket path as well"),)
_ENDED_DOUBT = 0.8
"""A crash, a limit, a restart, another protocol: nothing was said."""


class _Words(Struct, frozen=True):
    """What is said of one sort of refusal."""

    sentence: str
    fix: str
    doubt: float = 1.0


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_refusal)
    if not failures:
        return None
    words = _words(evidence, failures[-1].event)
    found = opening_match(evidence, failures, sentence=words.sentence, fix=words.fix, doubt=words.doubt)
    return replace(found, rivals=_STRIPPED) if failures[-1].event.status == 404 else found


def _words(evidence: Evidence, event: OpenFailed) -> _Words:
    where = elsewhere(event)
    if event.status is not None:
        return _status_words(event, where)
    if _is_loop(event):
        return _Words(
            f"The upgrade is never answered but by further redirects: {visible(event.error, 80)}.",
            "Use the address that the redirects should end at; look for two rules on the way that send each other "
            "the request (http to https and back, with and without www or a final slash).",
        )
    if _is_invalid(event):
        said = visible(event.error.partition(": ")[2], 120).rstrip(".")
        return _Words(f"The answer{where} to the upgrade is not valid: {said}.", _invalid_advice(event))
    return _ended_words(evidence, event, where)


def _status_words(event: OpenFailed, where: str) -> _Words:
    server = event.detail.get("server", "")
    who = f" (Server: {visible(server, 40)})" if server else ""
    body = plain_body(event)
    fix = _ADVICE.get(event.status or 0, "Look up in the server's log, or in its documentation, what it refuses.")
    if body:
        fix = f"The body says “{body}”. {fix}"
    if "cf-mitigated" in event.detail:
        fix = "The header cf-mitigated says that Cloudflare's firewall refused: allow this client there."
    if event.status == 500:
        return _Words(f"The application{where} failed while opening: HTTP 500{who}.", fix)
    return _Words(
        f"The upgrade{where} is refused with HTTP {event.status}{who}.", fix, _NOT_FOUND if event.status == 404 else 1.0
    )


def _invalid_advice(event: OpenFailed) -> str:
    if "Sec-WebSocket-Accept" in event.error:
        return (
            "What answered did not compute Sec-WebSocket-Accept from our key (RFC 6455, 4.2.2): a cache, a mock, or a "
            "server that only pretends to upgrade. Check the address and what stands in front of the server."
        )
    return "Compare the subprotocols and extensions that we offer with what the server picks, and look at its library."


def _ended_words(evidence: Evidence, event: OpenFailed, where: str) -> _Words:
    how = "reset (RST)" if "RST" in event.error else "ended (FIN)"
    when = "in the middle of the answer" if "finishing" in event.error else "without an answer to the upgrade"
    fix = "Look into the server's log: a crash while opening, a limit on connections, a restart."
    target = event.detail.get("redirected_to") or evidence.config.url
    if target.startswith("wss:"):
        fix += " A server that wants a client certificate may end it like this too (tls.cert)."
    else:
        fix += " A port that expects TLS does this as well: possibly it wants wss://."
    return _Words(
        f"The connection{where} is accepted and {how} {when}, by the server or a proxy in front of it.",
        fix,
        _ENDED_DOUBT,
    )


def _is_loop(event: OpenFailed) -> bool:
    return event.phase == "http" and "redirects" in event.error


def _is_invalid(event: OpenFailed) -> bool:
    return event.phase == "http" and event.error.startswith(_INVALID)


def _is_ended(event: OpenFailed) -> bool:
    return event.phase == "http" and event.status is None and _ENDED in event.error


def _is_refusing_status(event: OpenFailed) -> bool:
    if event.status is None or event.status in upstream_down.STATUSES:
        return False
    if event.status < 300 and "redirected_to" not in event.detail:
        return False
    return not (asks_to_slow_down(event) or is_stripped(event) or is_plain_to_tls(event))


def _is_refusal(event: OpenFailed) -> bool:
    return _is_refusing_status(event) or _is_loop(event) or _is_invalid(event) or _is_ended(event)


RULE = Rule(
    id="handshake_refused",
    title="upgrade refused",
    judge=judge,
    source="RFC 6455, 4.1 and 4.2.2; RFC 9110, 15; uvicorn: 403 for a close before accept, 500 for an exception",
    reads="status, headers and end of the answer to the upgrade",
    openings=_is_refusal,
    look_alikes=(
        LookAlike("upgrade_stripped", "the status refuses; nothing in it speaks of a missing upgrade"),
        LookAlike("upstream_down", "the status is not one of a proxy without its service"),
    ),
)
