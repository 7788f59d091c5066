"""The host's name cannot be looked up: never, or now and then."""

from urllib.parse import urlsplit

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.openings.failed_openings import failing, opening_match, proxy_of
from wsmonitor.diagnosis.rules.rows import failure_rows
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule, TooFew
from wsmonitor.facts.events import OpenFailed
from wsmonitor.text.plain_text import visible

NEED_WHERE_IT_WORKED = 2


def judge(evidence: Evidence) -> Judgement:
    failures = failing(evidence, _is_lookup)
    if not failures:
        return None
    has_worked = evidence.last_opened_ns is not None
    if has_worked and len(failures) < NEED_WHERE_IT_WORKED:
        return TooFew(have=len(failures), need=NEED_WHERE_IT_WORKED, evidence=failure_rows(failures))
    event = failures[-1].event
    proxy, redirected = proxy_of(event), event.detail.get("redirected_to", "")
    host = visible(urlsplit(proxy or redirected or evidence.config.url).hostname or "", 100) or "the host name"
    whose = ", the proxy," if proxy else ", where a redirect leads," if redirected else ""
    how = "fails now and then" if has_worked else "fails"
    return opening_match(
        evidence,
        failures,
        sentence=f"The lookup of {host}{whose} {how}.",
        past=f"The lookup of {host}{whose} failed.",
        fix="Check the spelling of the name, this machine's resolver (VPN, /etc/resolv.conf) and whether the name "
        "exists; compare with another resolver.",
    )


def _is_lookup(event: OpenFailed) -> bool:
    if event.phase == "tcp" and proxy_of(event):
        return "lookup failed" in event.error
    return event.phase == "dns" and (
        "looked up" in event.error or "lookup" in event.error or "timed out" in event.error
    )


RULE = Rule(
    id="dns_failing",
    title="failing lookup",
    judge=judge,
    source="RFC 3493, 6.1 (getaddrinfo and its errors); RFC 1035, 4.1.1",
    reads="failed openings in the lookup",
    openings=_is_lookup,
    look_alikes=(LookAlike("no_route", "no address was known to go to"),),
)
