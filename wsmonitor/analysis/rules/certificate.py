"""The server's certificate was not accepted."""

from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.rules.failed_openings import failing, opening_match
from wsmonitor.analysis.rules.rule import Judgement, Rule
from wsmonitor.events import OpenFailed
from wsmonitor.plain_text import visible

_SIGN = "certificate not accepted"
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
    why = failures[-1].event.error.partition(":")[2].strip().rstrip(".")
    fix = next((advice for sign, advice in _ADVICE if sign in why.lower()), "Check the certificate and its chain.")
    return opening_match(
        evidence, failures, sentence=f"The server's certificate is not accepted: {visible(why, 120)}.", fix=fix
    )


def _is_certificate(event: OpenFailed) -> bool:
    return _SIGN in event.error


RULE = Rule(
    id="certificate",
    title="certificate not accepted",
    severity="problem",
    judge=judge,
    source="diagnosis.md B 32; RFC 9525",
    reads="the error of the TLS handshake",
    samples=1,
    openings=_is_certificate,
)
