"""Which failed openings still speak: of now, or of a fault that comes and goes.

An opening that worked since contradicts a failure unless failures go on; one that has stayed open for a
while settles it. So does one that failed in another way: where TLS fails now, something listens. What is contradicted
is told as past.
"""

from collections.abc import Callable

from wsmonitor.diagnosis.evidence import SETTLED_NS, Evidence, Failure
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, share_exclusivity, stated_support
from wsmonitor.diagnosis.rules.rows import failure_rows
from wsmonitor.diagnosis.rules.rule import Match
from wsmonitor.facts.events import OpenFailed
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text

_REMEMBERED_NS = 900_000_000_000
_BODY = 80
_WORKED, _OTHERWISE = "an opening has worked since", "openings fail in another way since"
_UNTIL = {_WORKED: "an opening worked again", _OTHERWISE: "openings failed in another way"}
_COMES_AND_GOES, _OVER = 0.8, 0.5
"""How much is left of a finding once an opening has worked: less where none had worked between the failures."""


def failing(evidence: Evidence, holds: Callable[[OpenFailed], bool]) -> list[Failure]:
    """The unexplained failures of a sort that still matter, oldest first."""
    if not evidence.failures:
        return []
    newest_ns = evidence.failures[-1].at_ns
    settled = any(
        record.opened_ns > newest_ns and record.age_ns(evidence.now_ns) > SETTLED_NS for record in evidence.unharmed
    )
    if settled or evidence.now_ns - newest_ns > _REMEMBERED_NS:
        return []
    return [failure for failure in evidence.unexplained_failures if holds(failure.event)]


def worked_since(evidence: Evidence, failures: list[Failure]) -> tuple[EvidenceRow, ...]:
    """Counter-evidence: an opening worked after the last of these."""
    opened_ns = evidence.last_opened_ns
    if opened_ns is None or opened_ns < failures[-1].at_ns:
        return ()
    return (EvidenceRow(text=_WORKED, at_ns=opened_ns),)


def _otherwise_since(evidence: Evidence, failures: list[Failure]) -> tuple[EvidenceRow, ...]:
    """Counter-evidence: openings failed in another way after the last of these, and in no other way among them."""
    ours = {failure.serial for failure in failures}
    others = [one for one in evidence.failures if one.serial not in ours and one.at_ns >= failures[0].at_ns]
    if not others or others[0].at_ns <= failures[-1].at_ns:
        return ()
    return (
        EvidenceRow(text=_OTHERWISE, at_ns=others[-1].at_ns, connection=others[-1].connection, slot=others[-1].slot),
    )


def opening_match(
    evidence: Evidence,
    failures: list[Failure],
    *,
    sentence: str,
    fix: str,
    past: str = "",
    doubt: float = 1.0,
    more: tuple[EvidenceRow, ...] = (),
) -> Match:
    """The match of a rule that reads a stated fact of failed openings; `past` says it once it is over."""
    counter = worked_since(evidence, failures) or _otherwise_since(evidence, failures)
    others = len(evidence.unexplained_failures)
    if counter:
        since = counter[0].text
        sentence = f"{past} {since[:1].upper()}{since[1:]}." if past else f"Until {_UNTIL[since]}: {sentence}"
        doubt *= _COMES_AND_GOES if _had_worked_between(evidence, failures) else _OVER
    return Match(
        sentence=sentence,
        confidence=Confidence(
            support=stated_support(len(failures)),
            exclusivity=doubt * share_exclusivity(len(failures), others),
        ),
        evidence=failure_rows(failures) + more,
        counter_evidence=counter,
        fix=fix,
        explains=frozenset(failure.serial for failure in failures),
    )


def worked_before(evidence: Evidence, event: OpenFailed) -> str:
    """What to look at first where connections did open here, with these settings; else nothing."""
    opened_ns = evidence.last_opened_ns
    if opened_ns is None or elsewhere(event) or any(at_ns > opened_ns for at_ns, _ in evidence.changes):
        return ""
    return "Connections did open here before: see what changed, or whether another program has the port now. "


def place(evidence: Evidence, event: OpenFailed) -> str:
    """Where this opening went: host and port of the endpoint, or of what a redirect led to."""
    redirected = event.detail.get("redirected_to", "")
    if not redirected:
        return evidence.config.host_port
    return f"{visible(redirected, 100)} (redirected from {evidence.config.host_port})"


def elsewhere(event: OpenFailed) -> str:
    """` at ...` where a redirect led elsewhere, else nothing: for sentences that name no address."""
    redirected = event.detail.get("redirected_to", "")
    return f" at {visible(redirected, 100)} (where a redirect led)" if redirected else ""


def plain_body(event: OpenFailed) -> str:
    """What the answer says in words, without secrets; empty for a page or nothing."""
    body = event.detail.get("body", "").strip()
    return "" if body.startswith("<") else visible(redact_text(body), _BODY)


def proxy_of(event: OpenFailed) -> str:
    """The proxy that this opening went through; empty without one."""
    return visible(event.detail.get("proxy", ""), 100)


def _had_worked_between(evidence: Evidence, failures: list[Failure]) -> bool:
    """True for failures that come and go."""
    first_ns, last_ns = failures[0].at_ns, failures[-1].at_ns
    return any(first_ns < record.opened_ns < last_ns for record in evidence.all_records)
