"""The answer to the upgrade is plain HTTP: something on the way dropped the Upgrade headers, or the path is wrong."""

import re

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.openings.failed_openings import failing, opening_match, place
from wsmonitor.diagnosis.rules.ourselves.wanted_slower import asks_to_slow_down
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule
from wsmonitor.facts.events import OpenFailed
from wsmonitor.text.plain_text import visible

_SPEAKS_OF_UPGRADE = re.compile(r"upgrade|web\s?socket|sec-ws|handshake", re.IGNORECASE)
_HTML = re.compile(r"\s*<(!doctype|html|head|body|center)", re.IGNORECASE)
_PLAIN_TO_TLS = re.compile(r"plain http request was sent to https|http request to an https", re.IGNORECASE)
_OTHER_COMPLAINT = re.compile(
    r"too (large|long|big|many)|cookie|host|malformed|syntax|length|login|sign.?in", re.IGNORECASE
)
"""A page that complains of something else says nothing of the upgrade."""
_NOT_HTTP = "answer is not HTTP"
_TLS_ALERT = "not HTTP but TLS"


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, is_stripped)
    if not failures:
        return None
    event = failures[-1].event
    if _NOT_HTTP in event.error:
        return opening_match(
            evidence,
            failures,
            sentence=f"What answers at {place(evidence, event)} offers no WebSocket upgrade: "
            f"{visible(event.error, 100)}.",
            fix="Check the port: another service listens there. An HTTP/2-only listener cannot upgrade this way.",
        )
    if event.status is None:
        answer = "without the headers of an upgrade"
    elif event.status in (400, 426, 505):
        answer = f"with HTTP {event.status}: it did not see an upgrade"
    else:
        answer = f"with HTTP {event.status} and a page instead of an upgrade"
    return opening_match(
        evidence,
        failures,
        sentence=f"The server answers {answer}: a proxy strips the Upgrade headers, or this path is no WebSocket.",
        fix="Check the path. Behind nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade and "
        'Connection "upgrade". HTTP/2-only listeners cannot upgrade this way.',
        doubt=0.8 if event.status == 400 else 1.0,
    )


def is_stripped(event: OpenFailed) -> bool:
    """True for a plain HTTP answer to an upgrade request."""
    if event.phase != "http" or asks_to_slow_down(event):
        return False
    if "does not upgrade" in event.error or event.status == 426:
        return True
    if _NOT_HTTP in event.error and not is_plain_to_tls(event):
        return True
    if event.status == 400:
        return _misses_upgrade(event) and not is_plain_to_tls(event)
    if event.status == 505:
        return True  # a proxy that asks in HTTP/1.0 cannot upgrade
    return event.status is not None and 200 <= event.status < 300 and "redirected_to" not in event.detail


def _misses_upgrade(event: OpenFailed) -> bool:
    """True for a 400 that speaks of the upgrade, names its version, or comes from a page and says nothing else."""
    body = event.detail.get("body", "")
    if _SPEAKS_OF_UPGRADE.search(body + " " + event.error) or "sec-websocket-version" in event.detail:
        return True
    return _HTML.match(body) is not None and not _OTHER_COMPLAINT.search(body + " " + event.error)


def is_plain_to_tls(event: OpenFailed) -> bool:
    """True where the server complains of plain HTTP on its TLS port, in words or by a TLS alert."""
    return _TLS_ALERT in event.error or _PLAIN_TO_TLS.search(event.detail.get("body", "")) is not None


RULE = Rule(
    id="upgrade_stripped",
    title="upgrade stripped",
    judge=judge,
    source="nginx.org, WebSocket proxying; RFC 9110, 7.8 (Upgrade) and 15.5.22 (426)",
    reads="status, headers and body of the answer to the upgrade",
    openings=is_stripped,
    look_alikes=(LookAlike("handshake_refused", "the answer speaks of a missing upgrade, or is none"),),
)
