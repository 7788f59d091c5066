"""The server's certificate was not accepted, or the server wants one of ours."""

import re

from wsmonitor.diagnosis.evidence import Evidence, Failure
from wsmonitor.diagnosis.findings import EvidenceRow
from wsmonitor.diagnosis.rules.openings.failed_openings import elsewhere, failing, opening_match, worked_before
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.facts.events import OpenFailed
from wsmonitor.text.plain_text import visible

_SIGN = "certificate not accepted"
_NOT_TAKEN = "did not accept our client certificate"
_NGINX_WANTS_OURS = re.compile(r"no required ssl certificate|ssl certificate error", re.IGNORECASE)
_SHOWN = (
    ("subject", "subject"),
    ("names", "names"),
    ("issuer", "issued by"),
    ("not_before", "valid from"),
    ("not_after", "until"),
)
_ADVICE = (
    ("expired", "Renew the server's certificate."),
    ("not yet valid", "Check this machine's clock, and the server's certificate."),
    ("self-signed", "Name the authority that signed it (tls.ca), or turn verification off for a test server."),
    ("self signed", "Name the authority that signed it (tls.ca), or turn verification off for a test server."),
    ("hostname mismatch", "Use the name that the certificate is for, or set tls.server_name."),
    ("not valid for", "Use the name that the certificate is for, or set tls.server_name."),
    ("unable to get", "The server does not send its whole chain, or its authority is unknown here: set tls.ca."),
)


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_certificate)
    if not failures:
        return None
    if _is_about_ours(failures[-1].event):
        return _ours(evidence, failures)
    why = failures[-1].event.error.partition(":")[2].strip().rstrip(".")
    fix = next((advice for sign, advice in _ADVICE if sign in why.lower()), "Check the certificate and its chain.")
    return opening_match(
        evidence,
        failures,
        sentence=f"The server's certificate{elsewhere(failures[-1].event)} is not accepted: {visible(why, 120)}.",
        fix=worked_before(evidence, failures[-1].event) + fix,
        more=_shown(failures[-1]),
    )


def _ours(evidence: Evidence, failures: list[Failure]) -> Match:
    """The server asks for a certificate of ours, or does not take it."""
    event = failures[-1].event
    if _NOT_TAKEN in event.error:
        why = visible(event.error.partition(":")[2].strip(), 80)
        sentence = f"The server{elsewhere(event)} does not accept our client certificate: {why}."
        fix = "Give one that it trusts and that has not expired (tls.cert, tls.key)."
    else:
        sentence = f"The server{elsewhere(event)} wants a client certificate."
        fix = "Give one that it trusts (tls.cert, tls.key)."
    return opening_match(evidence, failures, sentence=sentence, fix=fix)


def _shown(failure: Failure) -> tuple[EvidenceRow, ...]:
    """What the refused certificate says of itself."""
    said = [f"{words} {failure.event.detail[name]}" for name, words in _SHOWN if failure.event.detail.get(name)]
    if not said:
        return ()
    text = visible(f"the certificate, not verified: {', '.join(said)}", 300)
    return (EvidenceRow(text=text, at_ns=failure.at_ns, connection=failure.connection, slot=failure.slot),)


def _is_about_ours(event: OpenFailed) -> bool:
    return "client certificate" in event.error or _NGINX_WANTS_OURS.search(event.detail.get("body", "")) is not None


def _is_certificate(event: OpenFailed) -> bool:
    return _SIGN in event.error or _is_about_ours(event)


RULE = Rule(
    id="certificate",
    title="certificate not accepted",
    judge=judge,
    source="RFC 9525 (names); RFC 5280, 6 (validation); RFC 8446, 4.4.2.4 and 6.2 (client certificates)",
    reads="the error of the TLS handshake; what the refused certificate says",
    openings=_is_certificate,
    look_alikes=(LookAlike("tls_mismatch", "TLS got as far as the certificate"),),
)
