"""One side speaks TLS and the other does not, or not the same."""

import re

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.openings.failed_openings import elsewhere, failing, opening_match, worked_before
from wsmonitor.diagnosis.rules.openings.upgrade_stripped import is_plain_to_tls
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule
from wsmonitor.facts.events import OpenFailed

_AGREED_ON_NOTHING = "TLS failed"
_UNKNOWN_NAME = re.compile(r"unrecogni[sz]ed[ _]name", re.IGNORECASE)


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_mismatch)
    if not failures:
        return None
    event = failures[-1].event
    where = elsewhere(event)
    if _AGREED_ON_NOTHING not in event.error and event.phase == "http":
        sentence = f"The server{where} expects TLS on this port, and we spoke plain HTTP."
        fix, doubt = "Use wss:// instead of ws://.", 1.0
    elif "does not speak TLS" in event.error:
        sentence = f"The server{where} does not speak TLS on this port."
        fix, doubt = "Use ws:// instead of wss://, or the port that has TLS.", 1.0
    elif "timed out" in event.error:
        sentence = f"The TLS handshake{where} is not answered: most likely nothing speaks TLS on this port."
        fix = "Use ws://, or the port that has TLS. A server that is stuck looks the same."
        doubt = 0.7
    elif _UNKNOWN_NAME.search(event.error):
        sentence = f"The server{where} does not know the name that we asked for (TLS alert “unrecognized name”)."
        fix, doubt = "Check the host's name, or set tls.server_name to one that the server is configured for.", 1.0
    elif "ended the connection" in event.error:
        sentence = f"The server{where} ends the connection during the TLS handshake: most likely it speaks no TLS here."
        fix = "Try ws:// instead of wss://. If it does speak TLS, compare versions and ciphers; a TLS-inspecting proxy "
        fix += "or a server that wants a certificate looks the same."
        doubt = 0.7
    else:
        sentence = f"TLS{where} fails: the two sides do not agree on how to secure the connection."
        fix = "Compare TLS versions and ciphers; look for a TLS-inspecting proxy, or a server that wants a certificate."
        doubt = 0.8
    return opening_match(evidence, failures, sentence=sentence, fix=worked_before(evidence, event) + fix, doubt=doubt)


def _is_mismatch(event: OpenFailed) -> bool:
    if _AGREED_ON_NOTHING in event.error:
        return True
    if event.phase == "http":
        return is_plain_to_tls(event)
    return event.phase == "tls" and ("TLS" in event.error or "timed out" in event.error)


RULE = Rule(
    id="tls_mismatch",
    title="TLS mismatch",
    judge=judge,
    source="RFC 8446, 6 (alerts); nginx: 400 The plain HTTP request was sent to HTTPS port",
    reads="the TLS phase of failed openings; bodies that ask for HTTPS",
    openings=_is_mismatch,
    look_alikes=(
        LookAlike("certificate", "no certificate was looked at yet"),
        LookAlike("refused", "TCP was accepted"),
    ),
)
